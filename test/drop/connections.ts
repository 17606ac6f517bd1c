import { Agent as HttpAgent, type ClientRequest, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Answer, Wire } from '../e2e/http-client.js';

export interface Sending {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
  /** Cuts the connection after so long, as a browser that is closed does. */
  readonly cutAfterMs?: number;
  /** Told when the request has a connection: until then it waits for one. */
  readonly onSent?: () => void;
}

/** Longer than any wait that is asked for. */
const ANSWER_MS_MAX = 45_000;

/** The doors were closed before the request had a connection: it never left. */
export class NeverSent extends Error {}

/** The connections of one generator to the service: kept open, as those of a storefront are. */
export class Connections {
  private readonly agent: HttpAgent;
  private readonly request: typeof httpRequest;
  private readonly base: URL;
  private readonly basePath: string;
  private readonly waiting = new Set<ClientRequest>();

  constructor(
    url: string,
    private readonly connectionsMax: number,
  ) {
    this.base = new URL(url);
    this.basePath = this.base.pathname.replace(/\/$/, '');
    const secure = this.base.protocol === 'https:';
    // Node keeps 256 free ones and closes the others, so that most requests of a crowd would open one of their own.
    const kept = { keepAlive: true, maxSockets: connectionsMax, maxFreeSockets: connectionsMax };
    this.agent = new (secure ? HttpsAgent : HttpAgent)(kept);
    this.request = secure ? httpsRequest : httpRequest;
  }

  /**
   * Opens as many as `wanted`, or as there may be, and keeps them. Node accepts one connection a turn of its event loop
   * (libuv 1.45 and later), so that those who come to a busy process wait for a thousand turns.
   */
  async open(wanted: number): Promise<void> {
    const greeting = { method: 'GET', path: '/health/live', headers: {} };
    // All at once: a request that found a free connection would open none.
    const greetings = Array.from({ length: Math.min(wanted, this.connectionsMax) }, () => this.send(greeting));
    await Promise.allSettled(greetings);
  }

  /** Rejects when there is no whole answer. */
  send({ method, path, headers, body, cutAfterMs, onSent }: Sending): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const described = text === undefined ? {} : { ...JSON_BODY, 'content-length': String(Buffer.byteLength(text)) };
    return new Promise((resolve, reject) => {
      const asked = this.request({
        ...{ protocol: this.base.protocol, hostname: this.base.hostname, port: this.base.port, method },
        ...{ path: this.basePath + path, agent: this.agent, headers: { ...headers, ...described } },
        timeout: ANSWER_MS_MAX,
      });
      const cut = cutAfterMs === undefined ? undefined : setTimeout(() => asked.destroy(), cutAfterMs);
      this.waiting.add(asked);
      asked.once('close', () => {
        clearTimeout(cut);
        this.waiting.delete(asked);
      });
      asked.once('socket', () => {
        this.waiting.delete(asked);
        onSent?.();
      });
      asked.once('error', reject);
      asked.once('timeout', () => asked.destroy(new Error('no answer came in time')));
      read(asked, resolve, reject);
      asked.end(text);
    });
  }

  /** What waits for a connection is not sent any more. */
  dropWaiting(): void {
    for (const asked of this.waiting) asked.destroy(new NeverSent());
  }

  close(): void {
    this.agent.destroy();
  }
}

const JSON_BODY = { 'content-type': 'application/json' };

function read(asked: ClientRequest, resolve: (answer: Answer) => void, reject: (error: Error) => void): void {
  asked.once('response', (answer) => {
    let text = '';
    answer.setEncoding('utf8');
    answer.on('data', (part: string) => (text += part));
    answer.once('error', reject);
    answer.once('end', () => {
      try {
        const body = (text === '' ? {} : JSON.parse(text)) as Wire;
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body });
      } catch {
        reject(new Error(`${answer.statusCode} with a body that is no JSON: ${text.slice(0, 100)}`));
      }
    });
  });
}
