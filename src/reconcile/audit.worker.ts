import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { Ticker } from '../platform/ticker.js';
import { AuditRun } from './audit-run.js';

/** Audits again and again, a whole interval after the start for the first time: what is new has just been built. */
@Injectable()
export class AuditWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;
  private first: NodeJS.Timeout | undefined;

  constructor(
    private readonly run: AuditRun,
    private readonly config: Config,
    log: Log,
  ) {
    const child = log.child({ part: 'audit' });
    this.ticker = new Ticker('audit', config.auditIntervalMs, () => run.runOnce(), child);
  }

  onApplicationBootstrap(): void {
    this.first = setTimeout(() => this.ticker.start(), this.config.auditIntervalMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.first);
    this.run.stop();
    await this.ticker.stop();
  }
}
