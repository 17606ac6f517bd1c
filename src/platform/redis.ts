import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import { Problem } from '../problems.js';
import { AnswerWatch } from './answer-watch.js';
import { Config } from './config.js';

const RECONNECT_MS_MAX = 500;
/** How often a Redis that reads its file is asked whether it is done: its own guess is 10 s and more at the beginning. */
const LOADING_LOOK_MS = 100;
/** How much longer than a command may take a connection may be silent while something is asked. */
const SILENCE_GRACE_MS = 500;
/** An idle worker asks for 1 s at a time, and is answered nothing until then. */
const SILENCE_MS_MIN = 2_000;
const PING_EVERY_MS = 1_000;
/** How long a Redis that says nothing more may take over a goodbye; 2 s of ioredis's own would hold up the end of a process. */
const GOODBYE_MS_MAX = 250;

/** Reconnects soon and for ever: an outage ends when Redis is back, not when somebody restarts us. */
const retryStrategy = (attempt: number): number => Math.min(attempt * 50, RECONNECT_MS_MAX);

/**
 * Makes the connections of a process, each with the options of its use, and closes them last.
 * Connections that answer requests fail at once while Redis is away, instead of keeping a caller waiting.
 */
@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly open: Redis[] = [];
  private readonly listening = new Set<Redis>();
  private readonly watches: AnswerWatch[] = [];
  private ping: NodeJS.Timeout | undefined;

  constructor(private readonly config: Config) {}

  /** For requests: no offline queue, no resending of what may have run, every command with a deadline. */
  failFast(overrides: RedisOptions = {}): Redis {
    return this.remember({
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: this.config.redisCommandTimeoutMs,
      ...overrides,
    });
  }

  /** For BullMQ's workers: waits for Redis as long as it takes. */
  patient(overrides: RedisOptions = {}): Redis {
    return this.remember({ maxRetriesPerRequest: null, ...overrides });
  }

  /** As patient, for who only listens: asked for a sign of life every second, or a broken one would never be noticed. */
  subscriber(): Redis {
    const connection = this.patient();
    this.listening.add(connection);
    this.ping ??= setInterval(() => {
      // One that is away answers when it is back; until then further questions would only pile up.
      for (const each of this.listening) if (each.status === 'ready') each.ping().catch(() => undefined);
    }, PING_EVERY_MS).unref();
    return connection;
  }

  /** Closes a connection before the others. */
  drop(connection: Redis): void {
    const at = this.open.indexOf(connection);
    if (at >= 0) this.open.splice(at, 1);
    connection.disconnect();
  }

  /** For connections that answer requests: nobody waits for a silent one longer than REDIS_SILENCE_MS_MAX. */
  watch(probe: () => Promise<unknown>): AnswerWatch {
    const terms = { silenceMsMax: this.config.redisSilenceMsMax, probe, refusal: redisUnavailable };
    const watch = new AnswerWatch(terms);
    this.watches.push(watch);
    return watch;
  }

  /** Returns when they are closed, so that nothing of them outlives the application. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.ping);
    for (const watch of this.watches) watch.close();
    await Promise.all(this.open.map(closeWhole));
  }

  private remember(options: RedisOptions): Redis {
    // Under RedisOptions every member may be undefined; the overloads of ioredis want them absent.
    // A connection whose other end is gone without a word, behind a router that forgot it say, is never closed by anybody.
    const socketTimeout = Math.max(SILENCE_MS_MIN, this.config.redisCommandTimeoutMs + SILENCE_GRACE_MS);
    const connection = new Redis(this.config.redisUrl, {
      retryStrategy,
      socketTimeout,
      disconnectTimeout: GOODBYE_MS_MAX,
      maxLoadingRetryTime: LOADING_LOOK_MS,
      ...options,
    } as {
      retryStrategy: typeof retryStrategy;
    });
    // Without a listener ioredis prints every failed attempt; what matters is seen by whoever sends a command.
    connection.on('error', () => undefined);
    this.open.push(connection);
    return connection;
  }
}

/** Only a connection that is there has an end to wait for; ioredis never says that of one that it was making anew. */
async function closeWhole(connection: Redis): Promise<void> {
  const ended =
    connection.status === 'ready' ? new Promise<void>((resolve) => connection.once('end', resolve)) : undefined;
  connection.disconnect();
  await ended;
}

/** The refusal for whoever needed Redis now. The command may have run: a repeat must carry the same key. */
export function redisUnavailable(): Problem {
  return new Problem('store-unavailable', 'Redis is out of reach; repeat the request in a moment, with the same key.', {
    retryAfterSeconds: 1,
  });
}
