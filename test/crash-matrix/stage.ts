import { Queue } from 'bullmq';
import { queueName, queuePrefix, type ReserveBatch } from '../../src/reservations/reserve.queue.js';
import { AuditParts } from '../audit-parts.js';
import { eventually } from '../e2e/eventually.js';
import { LedgerHarness } from '../ledger-harness.js';
import { ForkedApp } from './forked-app.js';

/** How many processes stand by, started while other cases run. */
const SPARES = 1;

/**
 * Stores of its own, one application that outlives all cases, and others that may be killed. The test's own process has
 * the parts of a harness on the same stores, and both clocks stand still.
 */
export class Stage {
  /** Where the applications queue what is to be decided. */
  readonly jobs: Queue<ReserveBatch>;
  private readonly spares: Promise<ForkedApp>[] = [];

  private constructor(
    readonly harness: LedgerHarness,
    readonly audits: AuditParts,
    readonly survivor: ForkedApp,
    private readonly startApp: () => Promise<ForkedApp>,
  ) {
    const { keyPrefix } = harness.config;
    this.jobs = new Queue(queueName(0), {
      connection: harness.connections.failFast(),
      prefix: queuePrefix(keyPrefix, 0),
      skipVersionCheck: true,
    });
  }

  static async open(bundle: string): Promise<Stage> {
    const harness = await LedgerHarness.open();
    const { databaseUrl, redisUrl, keyPrefix, reservationIdSecret, jwtSecret } = harness.config;
    const env = {
      ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, KEY_PREFIX: keyPrefix, TEST_CLOCK: 'true' },
      ...{ RESERVATION_ID_SECRET: reservationIdSecret, JWT_SECRET: jwtSecret, PG_POOL_MAX: '4' },
      // On a busy machine nothing may run out but what a case is about.
      ...{ REDIS_COMMAND_TIMEOUT_MS: '10000', PG_STATEMENT_TIMEOUT_MS: '10000', PIN_GRACE_MS: '12000' },
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    };
    const start = (): Promise<ForkedApp> => ForkedApp.start(bundle, env);
    return new Stage(harness, new AuditParts(harness), await start(), start);
  }

  /** An application to strike at; who took it gives it back, dead or alive. */
  async victim(): Promise<ForkedApp> {
    const next = this.spares.shift() ?? this.startApp();
    const app = await next;
    await eventually('a process is whole again', () => app.isWhole());
    this.standBy();
    return app;
  }

  giveBack(app: ForkedApp): void {
    app.leaveAlone();
    if (app.isAlive) this.spares.unshift(Promise.resolve(app));
  }

  async close(): Promise<void> {
    const spares = await Promise.allSettled(this.spares);
    const alive = spares.flatMap((spare) => (spare.status === 'fulfilled' ? [spare.value] : []));
    await Promise.all([this.survivor, ...alive].map((app) => app.kill()));
    await this.jobs.close();
    await this.harness.close();
  }

  private standBy(): void {
    while (this.spares.length < SPARES) {
      const spare = this.startApp();
      // It is looked at when somebody takes it.
      spare.catch(() => undefined);
      this.spares.push(spare);
    }
  }
}
