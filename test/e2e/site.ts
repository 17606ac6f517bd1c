import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Redis } from 'ioredis';
import { HoldfastModule } from '../../src/holdfast.module.js';
import { createApp, listenOn } from '../../src/platform/bootstrap.js';
import { rootLogger } from '../../src/platform/logging.js';
import { Postgres } from '../../src/platform/postgres.js';
import { testConfig } from '../settings.js';
import { freshDatabase, freshKeyPrefix, testRedisUrl } from '../stores.js';
import { eventually } from './eventually.js';
import { FrozenClock } from './frozen-clock.js';
import { type Answer, HttpClient } from './http-client.js';
import { ADMIN_KEY, buyerToken, type ReserveAsked, type ReserveHow, Storefront, STOREFRONT_KEY } from './storefront.js';
import { must, Operator, type SaleSpec, type TestSale } from './test-sale.js';

/** A machine that is busy with other tests may take its time to start one more. */
const START_MS_MAX = 90_000;

export interface RunningApp {
  readonly app: NestFastifyApplication;
  readonly url: string;
}

export interface SiteOptions {
  env?: NodeJS.ProcessEnv;
  /** Stores of a test's own; without them a fresh database and key prefix on those that `npm test` started. */
  stores?: { databaseUrl: string; redisUrl: string };
  /** Where the lines of its applications go. */
  log?: (line: string) => void;
  /** The ledger's clock stands still and is the test's to move. */
  frozen?: boolean;
}

/** Holdfast within the test's own process: a database and a key prefix of its own, and as many applications as wanted. */
export class Site {
  readonly client = new HttpClient();
  private readonly running: RunningApp[] = [];
  private frozen: FrozenClock | undefined;
  private log: SiteOptions['log'];

  private constructor(
    private readonly env: NodeJS.ProcessEnv,
    readonly databaseUrl: string,
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  static async open({ env = {}, stores, frozen = false, log }: SiteOptions = {}): Promise<Site> {
    const database = stores ? null : await freshDatabase();
    const settings = {
      ...{ REDIS_URL: stores?.redisUrl ?? testRedisUrl(), KEY_PREFIX: freshKeyPrefix(), TEST_CLOCK: 'true' },
      ...{ ADMIN_API_KEY: ADMIN_KEY, STOREFRONT_API_KEY: STOREFRONT_KEY, LOG_LEVEL: process.env['TEST_LOG_LEVEL'] },
      ...env,
    };
    const databaseUrl = database?.url ?? stores?.databaseUrl ?? '';
    const site = new Site(settings, databaseUrl, async () => database?.drop());
    site.log = log;
    if (frozen) site.frozen = await FrozenClock.install(databaseUrl, settings.REDIS_URL, settings.KEY_PREFIX);
    return site;
  }

  /** A site with one application that plays every role. */
  static async all(options: SiteOptions = {}): Promise<Site> {
    const site = await Site.open(options);
    await site.start();
    return site;
  }

  get clock(): FrozenClock {
    if (!this.frozen) throw new Error('the clock of this site runs by itself');
    return this.frozen;
  }

  async start(role: 'all' | 'api' | 'worker' = 'all'): Promise<RunningApp> {
    const config = testConfig(this.databaseUrl, {
      ...this.env,
      LOG_LEVEL: this.env['LOG_LEVEL'] ?? 'silent',
      ROLE: role,
    });
    if (this.log) rootLogger(config, { write: this.log });
    const app = await createApp(config, HoldfastModule.with(config));
    await listenOn(app, 0, '127.0.0.1');
    const running = { app, url: await app.getUrl() };
    this.running.push(running);
    await eventually(
      'the application is ready',
      async () => {
        const { status, body } = await this.client.send(running.url, { method: 'GET', path: '/health/ready' });
        return status === 200 && JSON.stringify(body).includes('"degraded":[]');
      },
      START_MS_MAX,
    );
    return running;
  }

  async stop(running: RunningApp): Promise<void> {
    this.running.splice(this.running.indexOf(running), 1);
    await running.app.close();
  }

  /** What a storefront's backend sees; of the application that was started first, unless said otherwise. */
  shop(of = this.running[0]): Storefront {
    return new Storefront(this.client, [of?.url ?? ''], STOREFRONT_KEY);
  }

  /** The application that was started first, for who must see within. */
  get app(): NestFastifyApplication {
    const [first] = this.running;
    if (!first) throw new Error('no application runs');
    return first.app;
  }

  /** Where the application that was started first listens. */
  get url(): string {
    return this.running[0]?.url ?? '';
  }

  async buyer(customerId: string): Promise<Storefront> {
    return new Storefront(this.client, [this.running[0]?.url ?? ''], await buyerToken(customerId));
  }

  operator(of = this.running[0]): Operator {
    return new Operator(this.client, of?.url ?? '');
  }

  /** Where its keys and rows are, for who looks past the application. */
  get stores(): { databaseUrl: string; redisUrl: string; keyPrefix: string } {
    const { REDIS_URL: redisUrl = '', KEY_PREFIX: keyPrefix = '' } = this.env;
    return { databaseUrl: this.databaseUrl, redisUrl, keyPrefix };
  }

  /** An open sale that lives by the frozen clock, if there is one. */
  async sale(spec: SaleSpec = {}): Promise<TestSale> {
    const sale = await this.operator().sell(spec);
    await this.frozen?.follow(sale);
    return sale;
  }

  /** A hold of `quantity` units of the first SKU, made for sure: a busy machine may answer before it is decided. */
  async held(sale: TestSale, customerId: string, quantity = 1, how: ReserveHow = {}): Promise<Answer> {
    const body: ReserveAsked = { customerId, lines: [{ skuId: sale.skus[0] ?? '', quantity }] };
    const answer = await this.shop().reserve(sale.id, body, { wait: 10, ...how });
    if (answer.status !== 202) return must(201, answer);
    return eventually(`${customerId} holds`, async () => {
      const read = must(200, await this.shop().read(answer.body.id, { prefer: 'wait=10' }));
      if (read.body.status !== 'held') throw new Error(`it is ${read.body.status}`);
      return read;
    });
  }

  /** Every fact that was written is delivered: what is told or counted of the next one is of nothing before it. */
  async untilDelivered(): Promise<void> {
    await eventually('every fact is delivered', async () => {
      const left = await this.app.get(Postgres).query('SELECT 1 FROM outbox WHERE delivered_at IS NULL LIMIT 1');
      return left.length === 0;
    });
  }

  /** 'available held checkout sold / capacity' of each SKU, read exactly. */
  async counts(sale: TestSale): Promise<string[]> {
    const { body } = must(200, await this.shop().availability(sale.id));
    return body.skus.map((s) => `${s.available} ${s.held} ${s.checkout} ${s.sold} / ${s.capacity}`);
  }

  /** How many keys Redis has of a sale, the clock that the test gave it aside. */
  async keyCount({ key }: TestSale): Promise<number> {
    const redis = new Redis(this.stores.redisUrl);
    try {
      const keys = await redis.keys(`${this.stores.keyPrefix}:{${key}}:*`);
      return keys.filter((name) => !name.endsWith(':clock')).length;
    } finally {
      redis.disconnect();
    }
  }

  /** Waits for counts that only a worker can bring about. */
  async untilCounts(sale: TestSale, ...wanted: string[]): Promise<void> {
    await eventually(`counts are ${wanted.join(', ')}`, async () => {
      const counts = await this.counts(sale);
      if (counts.join() !== wanted.join()) throw new Error(`counts are ${counts.join(', ')}`);
      return true;
    });
  }

  async close(): Promise<void> {
    for (const { app } of this.running.splice(0)) await app.close();
    this.client.close();
    await this.frozen?.close();
    await this.dropDatabase();
  }
}
