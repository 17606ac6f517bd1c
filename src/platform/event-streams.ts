import {
  BeforeApplicationShutdown,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Problem } from '../problems.js';
import { EventStream } from './event-stream.js';
import { Log } from './logging.js';
import { Readiness } from './readiness.js';
import { Ticker } from './ticker.js';

/** Below the 30 s after which common proxies cut a silent connection. */
const BEAT_MS = 15_000;
/** Each open stream costs about 20 KB; beyond this many the process would rather serve those it has. */
const STREAMS_MAX = 20_000;
/** Nobody takes all of them: those of one network are this many at most. */
const STREAMS_PER_NETWORK_MAX = 1_000;

/** The open event streams of this process: one heartbeat for all, and an end to all when the process stops. */
@Injectable()
export class EventStreams implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly streams = new Set<EventStream>();
  private readonly perNetwork = new Map<string, number>();
  private readonly ticker: Ticker;

  constructor(
    private readonly readiness: Readiness,
    log: Log,
  ) {
    this.ticker = new Ticker('event-streams', BEAT_MS, () => this.beat(), log.child({ part: 'platform' }));
  }

  get open(): number {
    return this.streams.size;
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  onModuleDestroy(): void {
    for (const stream of this.streams) stream.end('stopping');
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }

  /**
   * Answers the request with a stream that stays open. Throws overloaded when this process has too many, or too many of
   * the `network`; null is whoever is not limited by where they are.
   */
  answer(reply: FastifyReply, network: string | null): EventStream {
    if (this.readiness.draining || this.streams.size >= STREAMS_MAX)
      throw noneToSpare('This server has no stream to spare; try again in a moment.');
    if (network !== null && (this.perNetwork.get(network) ?? 0) >= STREAMS_PER_NETWORK_MAX)
      throw noneToSpare(`From this address ${STREAMS_PER_NETWORK_MAX} streams are open; close some of them first.`);
    const stream = new EventStream();
    this.streams.add(stream);
    if (network !== null) this.count(network, 1);
    stream.onClose(() => {
      this.streams.delete(stream);
      if (network !== null) this.count(network, -1);
    });
    // Proxies that collect an answer before passing it on would keep the events back.
    void reply.header('Content-Type', 'text/event-stream; charset=utf-8').header('X-Accel-Buffering', 'no');
    void reply.send(stream.body);
    // Who asks for the head alone will never read.
    if (reply.request.method === 'HEAD') stream.end('final');
    return stream;
  }

  private count(network: string, more: 1 | -1): void {
    const open = (this.perNetwork.get(network) ?? 0) + more;
    if (open === 0) this.perNetwork.delete(network);
    else this.perNetwork.set(network, open);
  }

  private async beat(): Promise<void> {
    for (const stream of this.streams) stream.beat();
    return Promise.resolve();
  }
}

function noneToSpare(detail: string): Problem {
  return new Problem('overloaded', detail, { retryAfterSeconds: 1 });
}
