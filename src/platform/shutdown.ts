import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { Readiness } from './readiness.js';

/** One Ctrl-C can arrive twice, from the terminal and from npm; only a later signal is a second wish. */
const SAME_WISH_MS = 700;

/** What ends the process; a test puts its own in place of it. */
export interface Exits {
  on(event: string, listener: (reason: unknown) => void): unknown;
  exit(code: number): void;
}

/**
 * Ends the process well. A signal: not ready, no new connections, open work finished, stores closed, exit 0; past the
 * deadline or at a second signal, exit 1 at once. An error that nobody caught is logged, then the same with exit 1.
 */
export class Shutdown {
  private askedAt: number | undefined;

  constructor(
    private readonly app: NestFastifyApplication,
    private readonly log: Logger,
    private readonly deadlineMs: number,
    private readonly exits: Exits = process,
  ) {}

  listen(): void {
    for (const signal of ['SIGTERM', 'SIGINT']) this.exits.on(signal, () => this.hear(signal));
    for (const event of ['uncaughtException', 'unhandledRejection']) {
      this.exits.on(event, (reason) => {
        this.log.fatal({ err: reason, event }, 'an error that nobody caught; stopping');
        this.begin(1);
      });
    }
  }

  private hear(signal: string): void {
    if (this.askedAt === undefined) {
      this.log.info({ signal }, 'stopping: finishing open work');
      this.begin(0);
    } else if (performance.now() - this.askedAt > SAME_WISH_MS) {
      this.log.warn({ signal }, 'stopping at once');
      this.exits.exit(1);
    }
  }

  private begin(exitCode: number): void {
    if (this.askedAt !== undefined) return;
    this.askedAt = performance.now();
    const deadline = setTimeout(() => {
      this.log.fatal({ deadlineMs: this.deadlineMs }, 'open work did not end in time');
      this.exits.exit(1);
    }, this.deadlineMs);
    deadline.unref();
    this.close().then(
      () => {
        clearTimeout(deadline);
        this.log.info('stopped');
        this.exits.exit(exitCode);
      },
      (error: unknown) => {
        this.log.fatal({ err: error }, 'closing failed');
        this.exits.exit(1);
      },
    );
  }

  private async close(): Promise<void> {
    this.app.get(Readiness).report('draining', false);
    // Nest closes the server only after the hooks that end background work; new connections must be refused from now on.
    this.app.getHttpServer().close();
    await this.app.close();
  }
}
