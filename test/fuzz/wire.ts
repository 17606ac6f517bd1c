import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { Sent } from './requests.js';

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Empty where the answer is a stream: that it began is all that is looked at. */
  readonly text: string;
}

/** No wait that a request asks for is longer than the service's own limit, and nothing else takes as long. */
const ANSWER_MS_MAX = 20_000;

/** How often a request is repeated that met a sale while it was built anew, which a repair of the walk's own does to it. */
const REPEATS_MAX = 10;

class ClosedMeanwhile extends Error {}

/** Sends what no well-meaning client would, over connections that stay open. */
export class Wire {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(readonly url: string) {}

  /** As the document asks: while a store is out of reach, again after as long as the answer says, and no end to that is a fault. */
  async send(sent: Sent): Promise<Answered> {
    for (let repeats = 0; ; repeats++) {
      const answered = await this.sendOnce(sent);
      const isAway = answered.status === 503 && answered.headers['retry-after'] !== undefined;
      if (!isAway || repeats === REPEATS_MAX) return answered;
      // pause: the answer says how long
      await new Promise((resolve) => setTimeout(resolve, Number(answered.headers['retry-after']) * 1_000));
    }
  }

  /** A kept connection may be closed just when it is used again; then, as any client would, once more on a new one. */
  private async sendOnce(sent: Sent): Promise<Answered> {
    try {
      return await this.exchange(sent, this.agent);
    } catch (error) {
      if (!(error instanceof ClosedMeanwhile)) throw error;
      return this.exchange(sent, new Agent());
    }
  }

  private exchange({ method, path, headers, payload }: Sent, agent: Agent): Promise<Answered> {
    const body = payload === undefined ? undefined : Buffer.from(payload);
    const length = body && { 'content-length': String(body.length) };
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve, reject) => {
      // The path goes as it stands: a URL would be put in order before it is sent.
      const options = { hostname, port, path, method, agent, headers: { ...headers, ...length } };
      const asked = request({ ...options, timeout: ANSWER_MS_MAX }, (answer) => {
        const { statusCode: status = 0, headers: told } = answer;
        if (told['content-type']?.startsWith('text/event-stream')) {
          answer.destroy();
          return resolve({ status, headers: told, text: '' });
        }
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => resolve({ status, headers: told, text: Buffer.concat(chunks).toString() }));
      });
      asked.on('error', (error: NodeJS.ErrnoException) => {
        const closed = asked.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        reject(closed ? new ClosedMeanwhile(error.message) : error);
      });
      asked.on('timeout', () => asked.destroy(new Error(`not answered within ${ANSWER_MS_MAX} ms`)));
      asked.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
