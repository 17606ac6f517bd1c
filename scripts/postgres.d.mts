/** A running Postgres, reached as its superuser `postgres`, without a password, from this machine only. */
export interface PostgresServer {
  /** `postgres://postgres@127.0.0.1:PORT`, without a database: append `/postgres` or your own. */
  url: string;
  port: number;
  pid: number;
  /** True when it ran already, left by an earlier run. */
  adopted: boolean;
  /** Where its files really are: elsewhere than asked (`moved`) if its system user could not reach that folder. */
  directory: string;
  moved: boolean;
  lives(): boolean;
  /** Fast shutdown (SIGINT); resolves when it is gone. */
  stop(): Promise<void>;
  /** `kill -9` of the postmaster; resolves when that is gone. Start again with the same directory and port. */
  kill(): Promise<void>;
}

export interface PostgresOptions {
  /** The cluster's folder, absolute; made when missing. Its log is `postgres.log` in the folder above. */
  directory: string;
  /** Default: a free one. */
  port?: number | undefined;
  /** Asked for a port when `port` is not given and nothing runs there yet. */
  choosePort?: (() => Promise<number>) | undefined;
  /** Default true: fsync on. False is several times faster and still survives `kill()`, though not a power cut. */
  durable?: boolean | undefined;
  /** Default false. True: a cluster that does not start, after a power cut without fsync say, is made anew. */
  disposable?: boolean | undefined;
}

/**
 * Starts the server of a directory (0.7 s the first time, 0.05 s later), or adopts the one that runs there. The
 * server is detached: whoever starts it stops it. Tests use folders below `process.env.TEST_SCRATCH_DIRECTORY`, where
 * `npm test` ends what a failed test left running.
 */
export function startPostgres(options: PostgresOptions): Promise<PostgresServer>;
