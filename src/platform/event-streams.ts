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

/** The open event streams of this process: one heartbeat for all, and an end to all when the process stops. */
@Injectable()
export class EventStreams implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly streams = new Set<EventStream>();
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

  /** Answers the request with a stream that stays open. Throws overloaded when this process has too many. */
  answer(reply: FastifyReply): EventStream {
    if (this.readiness.draining || this.streams.size >= STREAMS_MAX)
      throw new Problem('overloaded', 'This server has no stream to spare; try again in a moment.', {
        retryAfterSeconds: 1,
      });
    const stream = new EventStream();
    this.streams.add(stream);
    stream.onClose(() => this.streams.delete(stream));
    // Proxies that collect an answer before passing it on would keep the events back.
    void reply.header('Content-Type', 'text/event-stream; charset=utf-8').header('X-Accel-Buffering', 'no');
    void reply.send(stream.body);
    // Who asks for the head alone will never read.
    if (reply.request.method === 'HEAD') stream.end('final');
    return stream;
  }

  private async beat(): Promise<void> {
    for (const stream of this.streams) stream.beat();
    return Promise.resolve();
  }
}
