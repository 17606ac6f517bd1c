import type { AddressInfo, Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '../platform/config.js';

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Ask {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly stop: AbortSignal;
  /** How long it is repeated before somebody has to look. */
  readonly patienceMs?: number;
}

/** How long one answer may take: longer than any wait that is asked for here. */
const ANSWER_MS_MAX = 20_000;
const PATIENCE_MS = 600_000;
const PAUSE_MS_MAX = 5_000;

/**
 * The API as a storefront's backend has it: over HTTP, with the storefront key, and with no way round it though it is
 * the same process that answers.
 */
@Injectable()
export class StorefrontApi {
  constructor(
    private readonly config: Config,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /**
   * Asks until there is an answer, or null when there is none for ten minutes, or as long as one is patient. A 503, a 500 or a broken connection is an
   * unknown outcome: what is asked here may be asked again.
   */
  async ask(asked: Ask): Promise<Answer | null> {
    const giveUpAt = performance.now() + (asked.patienceMs ?? PATIENCE_MS);
    for (let pauseMs = 200; performance.now() < giveUpAt; pauseMs = Math.min(PAUSE_MS_MAX, pauseMs * 2)) {
      const answer = await this.once(asked).catch(() => null);
      if (answer && answer.status < 500 && answer.status !== 429) return answer;
      await sleep(pauseMs, undefined, { signal: asked.stop });
    }
    return null;
  }

  private async once({ method, path, headers, body, stop }: Ask): Promise<Answer> {
    const answer = await fetch(`${this.origin()}${path}`, {
      method,
      headers: {
        ...{ Authorization: `Bearer ${this.config.storefrontApiKey ?? ''}`, ...headers },
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([stop, AbortSignal.timeout(ANSWER_MS_MAX)]),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) };
  }

  private origin(): string {
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    const { address, family, port } = server.address() as AddressInfo;
    const host = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[address] ?? (family === 'IPv6' ? `[${address}]` : address);
    return `http://${host}:${port}`;
  }
}
