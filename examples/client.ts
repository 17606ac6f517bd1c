// The API as a storefront's backend calls it, with nothing but Node's own fetch.
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a request is repeated before we give up on the service. */
const PATIENCE_MS = 60_000;
/** Longer than the longest `Prefer: wait` of ours. */
const ANSWER_MS_MAX = 20_000;

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** What every refusal looks like (RFC 9457). Branch on `code`; show `detail` to a developer, never to a customer. */
export interface Problem {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly [extension: string]: unknown;
}

export interface Ask {
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly prefer?: string;
  /** For the mistakes that JSON.stringify does not make. */
  readonly raw?: { readonly text: string; readonly type: string };
}

/** A refusal that is an answer: to be explained to the customer or mended in the code, not to be repeated. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
  }
}

export class Client {
  /** How often a request had to be sent again. */
  repeats = 0;

  constructor(
    readonly url: string,
    private readonly apiKey?: string,
  ) {}

  /**
   * Sends a request until it has an answer. A 503, a 500, a connection that breaks or a silence mean that the outcome is
   * unknown: it may have happened. That is why each write is sent with a key or a reference of ours, and repeated
   * with the same one: the service then does it once and tells what it did.
   */
  async call<T>(method: string, path: string, ask: Ask = {}): Promise<Answer<T>> {
    const giveUpAt = performance.now() + PATIENCE_MS;
    for (;;) {
      const outcome = await this.once<T>(method, path, ask).catch((error: unknown) => error);
      const answer = outcome instanceof Error ? null : (outcome as Answer<T>);
      if (answer && answer.status < 500 && answer.status !== 429) return answer;
      if (performance.now() > giveUpAt) throw new Error(`${method} ${path}: no answer`, { cause: outcome });
      this.repeats++;
      await sleep(Number(answer?.headers.get('retry-after') ?? 0.2) * 1_000);
    }
  }

  /** As `call`, where only success will do. */
  async must<T>(method: string, path: string, ask: Ask = {}): Promise<T> {
    const { status, body } = await this.call<T | Problem>(method, path, ask);
    if (status >= 400) throw new Refused(body as Problem);
    return body as T;
  }

  private async once<T>(method: string, path: string, { body, idempotencyKey, prefer, raw }: Ask): Promise<Answer<T>> {
    const headers = new Headers();
    if (this.apiKey) headers.set('authorization', `Bearer ${this.apiKey}`);
    if (idempotencyKey) headers.set('idempotency-key', idempotencyKey);
    if (prefer) headers.set('prefer', prefer);
    const text = raw?.text ?? (body === undefined ? null : JSON.stringify(body));
    if (text !== null) headers.set('content-type', raw?.type ?? 'application/json');
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const answer = await fetch(this.url + path, { method, headers, body: text, signal });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as T };
  }
}
