import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { EventStream } from '../platform/event-stream.js';
import { EventStreams } from '../platform/event-streams.js';
import { Log } from '../platform/logging.js';
import { Postgres } from '../platform/postgres.js';
import { Ticker } from '../platform/ticker.js';
import { revokedAmong } from './api-key-table.js';
import type { Caller } from './caller.js';
import { limitedNetworkOf } from './network-of.js';
import { overAmong } from './session-table.js';
import { TokenClock } from './token-clock.js';

/** What is revoked is over within 5 s everywhere, streams that it opened included. */
const LOOK_MS = 1_500;

/**
 * Event streams, each with the credential that opened it: a stream is worth no more than that, however long it is open.
 * Two small questions a look, however many streams there are; when a buyer's token ends, it says itself.
 */
@Injectable()
export class CallerStreams implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly byKey = new Map<string, Set<EventStream>>();
  private readonly bySession = new Map<string, Set<EventStream>>();
  private readonly tokenEnds = new Map<EventStream, number>();
  private readonly ticker: Ticker;

  constructor(
    private readonly streams: EventStreams,
    private readonly postgres: Postgres,
    private readonly clock: TokenClock,
    log: Log,
  ) {
    this.ticker = new Ticker('caller-streams', LOOK_MS, () => this.runOnce(), log.child({ part: 'access' }));
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }

  /** Answers the request with a stream that ends when its caller may no longer read. Throws overloaded. */
  answer(reply: FastifyReply, caller: Caller, address: string): EventStream {
    const stream = this.streams.answer(reply, limitedNetworkOf(caller, address));
    if ('keyId' in caller) keep(this.byKey, caller.keyId, stream);
    if ('session' in caller) keep(this.bySession, caller.session.id, stream);
    if ('tokenEndsAt' in caller) {
      this.tokenEnds.set(stream, caller.tokenEndsAt);
      stream.onClose(() => this.tokenEnds.delete(stream));
    }
    return stream;
  }

  /** Ends the streams of tokens and sessions that are over, and of keys that are revoked; while Postgres is away, those of tokens alone. */
  async runOnce(): Promise<void> {
    const now = this.clock.now();
    for (const [stream, endsAt] of this.tokenEnds) if (now >= endsAt) stream.end('token-expired');
    // Keys first: who signed in with a key that is revoked is told so.
    if (this.byKey.size > 0) end(this.byKey, await revokedAmong(this.postgres, [...this.byKey.keys()]), 'revoked');
    if (this.bySession.size > 0)
      end(this.bySession, await overAmong(this.postgres, [...this.bySession.keys()]), 'session-over');
  }
}

function keep(streams: Map<string, Set<EventStream>>, id: string, stream: EventStream): void {
  const known = streams.get(id) ?? new Set();
  streams.set(id, known.add(stream));
  stream.onClose(() => {
    known.delete(stream);
    if (known.size === 0 && streams.get(id) === known) streams.delete(id);
  });
}

function end(streams: Map<string, Set<EventStream>>, ids: readonly string[], reason: 'revoked' | 'session-over'): void {
  for (const id of ids) for (const stream of streams.get(id) ?? []) stream.end(reason);
}
