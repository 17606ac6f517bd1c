import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What lies between a client and the service: it knows what passed, loses answers, cuts streams, and is down at times. */
export class Way {
  readonly passed: { line: string; lastEventId: string | undefined; key: string | undefined }[] = [];
  /** So many answers are lost: a 503 comes instead of them. */
  refuseNext = 0;
  private down = false;
  private readonly streams = new Set<() => void>();
  private readonly server: Server;

  constructor(to: () => string) {
    this.server = createServer((from, answer) => {
      if (this.down) return void from.destroy();
      const { headers, method = '', url = '' } = from;
      const [lastEventId, key] = [headers['last-event-id'], headers['idempotency-key']].map((each) => each?.toString());
      this.passed.push({ line: `${method} ${url}`, lastEventId, key });
      const onward = request(`${to()}${url}`, { method, headers: { ...headers, host: 'shop' } }, (back) => {
        if (this.refuseNext > 0) {
          this.refuseNext--; // the service has done it, and the answer is lost
          back.resume();
          answer.writeHead(503, { 'content-type': 'application/problem+json' });
          answer.end(JSON.stringify({ code: 'store-unavailable', status: 503, detail: 'lost', retryAfterSeconds: 0 }));
          return;
        }
        answer.writeHead(back.statusCode ?? 502, back.headers);
        back.pipe(answer);
        if (url.endsWith('/events')) this.streams.add(() => answer.destroy());
      });
      onward.on('error', () => answer.destroy());
      answer.on('close', () => onward.destroy());
      from.pipe(onward);
    });
  }

  async open(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  cutStreams(): void {
    for (const cut of this.streams) cut();
    this.streams.clear();
  }

  /** Nothing passes from now on, and what was open is cut. */
  goDown(): void {
    this.down = true;
    this.server.closeAllConnections();
  }

  comeBack(): void {
    this.down = false;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
