/** A running Redis or Valkey, without a password, reachable from this machine only. */
export interface RedisServer {
  /** `redis://127.0.0.1:PORT` */
  url: string;
  port: number;
  pid: number;
  version: string;
  /** True when it ran already, left by an earlier run. */
  adopted: boolean;
  lives(): boolean;
  /** Orderly end (SIGTERM); resolves when it is gone. */
  stop(): Promise<void>;
  /** `kill -9`; resolves when it is gone. Start again with the same directory and port. */
  kill(): Promise<void>;
}

export interface RedisBinary {
  path: string;
  version: string;
  /** For LD_LIBRARY_PATH; empty when the binary needs none. */
  libraryPath: string;
}

export interface RedisOptions {
  /** Its working folder, absolute; made when missing. Append-only files and `redis.log` go there. */
  directory: string;
  /** Default: a free one. */
  port?: number | undefined;
  /** Asked for a port when `port` is not given and nothing runs there yet. */
  choosePort?: (() => Promise<number>) | undefined;
  /** Default true: append-only file, fsynced before each answer. False: what it knows is gone when it ends. */
  durable?: boolean | undefined;
  /** Default: what `findRedis` finds; under `npm test` that is REDIS_SERVER_BIN, at once. */
  binary?: RedisBinary | undefined;
}

/**
 * Starts the server of a directory (0.04 s), or adopts the one that runs there. The server is detached: whoever starts
 * it stops it. Tests use folders below `process.env.TEST_SCRATCH_DIRECTORY`, where `npm test` ends what a failed test
 * left running.
 */
export function startRedis(options: RedisOptions): Promise<RedisServer>;

/** Whether a Redis there answers PING with PONG. */
export function pings(port: number, host?: string): Promise<boolean>;
