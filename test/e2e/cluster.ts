import { existsSync } from 'node:fs';
import { Redis } from 'ioredis';
import pg from 'pg';
import { NO_LIMITS, PATIENT, TEST_JWT_SECRET } from '../settings.js';
import { cacheOf, mainInOneFile } from './bundle.js';
import { AppInstance } from './app-instance.js';
import { eventually } from './eventually.js';
import { HttpClient } from './http-client.js';
import { freePort, type PrivatePostgres, privatePostgres, type PrivateRedis, privateRedis } from './private-stores.js';
import { ADMIN_KEY, Storefront, STOREFRONT_KEY } from './storefront.js';
import { must, Operator, type TestSale } from './test-sale.js';

export interface ClusterOptions {
  apis?: number;
  workers?: number;
  /** Processes that play every role; they answer requests too. */
  alls?: number;
  env?: NodeJS.ProcessEnv;
  /** The main.js of another release, or this one as it is. */
  main?: string;
  /** By which way a process reaches the stores, when not straight; asked once for each. */
  wire?: (role: string, stores: StoreUrls) => Promise<StoreUrls>;
}

export interface StoreUrls {
  redis: string;
  postgres: string;
}

const KEY_PREFIX = 'e2e';

/** The first that runs leaves what V8 has compiled for all others; nobody waits for it. */
function leaveCompiled(main: string, first: AppInstance | undefined): void {
  if (first?.pid !== undefined && !existsSync(cacheOf(main))) process.kill(first.pid, 'SIGUSR2');
}

/** Holdfast as it runs in production: several processes on a Redis and a Postgres of their own, any of which may be killed. */
export class Cluster {
  readonly client = new HttpClient();

  private constructor(
    readonly redis: PrivateRedis,
    readonly postgres: PrivatePostgres,
    readonly apis: AppInstance[],
    readonly workers: AppInstance[],
  ) {}

  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    const { apis = 2, workers = 2, alls = 0, env = {}, wire } = options;
    // Only a run of tests has a folder for it, and starts enough of them to be worth it.
    const isTest = process.env['TEST_SCRATCH_DIRECTORY'] !== undefined;
    const program = options.main ?? (isTest ? mainInOneFile() : undefined);
    const [redis, postgres, main] = await Promise.all([privateRedis(), privatePostgres(), program]);
    const straight: StoreUrls = { redis: redis.url, postgres: postgres.url };
    const settings = {
      ...{ KEY_PREFIX, HOST: '127.0.0.1' },
      ...{ ADMIN_API_KEY: ADMIN_KEY, STOREFRONT_API_KEY: STOREFRONT_KEY, JWT_SECRET: TEST_JWT_SECRET },
      ...{ RESERVATION_ID_SECRET: 'a secret of a cluster that lives for one test', ...NO_LIMITS, ...PATIENT },
      ...env,
    };
    const make = async (ROLE: string): Promise<AppInstance> => {
      const urls = wire ? await wire(ROLE, straight) : straight;
      const stores = { REDIS_URL: urls.redis, DATABASE_URL: urls.postgres };
      return new AppInstance(await freePort(), { ...stores, ...settings, ROLE }, main);
    };
    const cluster = new Cluster(redis, postgres, [], []);
    for (let i = 0; i < alls; i++) cluster.apis.push(await make('all'));
    for (let i = 0; i < apis; i++) cluster.apis.push(await make('api'));
    for (let i = 0; i < workers; i++) cluster.workers.push(await make('worker'));
    try {
      cluster.startApps();
      await cluster.untilReady();
      if (main !== undefined && main !== options.main) leaveCompiled(main, cluster.apps[0]);
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  get apps(): AppInstance[] {
    return [...this.apis, ...this.workers];
  }

  /** Starts the processes that do not run. */
  startApps(): void {
    for (const app of this.apps) app.start();
  }

  async untilReady(): Promise<void> {
    for (const app of this.apps) await this.untilServing(app);
  }

  async untilServing({ url }: AppInstance): Promise<void> {
    await eventually(
      `${url} is ready`,
      async () => {
        const { status, body } = await this.client.send(url, { method: 'GET', path: '/health/ready' });
        return status === 200 && JSON.stringify(body).includes('"degraded":[]');
      },
      60_000,
    );
  }

  get shop(): Storefront {
    return new Storefront(
      this.client,
      this.apis.map(({ url }) => url),
      STOREFRONT_KEY,
    );
  }

  get operator(): Operator {
    return new Operator(this.client, this.apis[0]?.url ?? '');
  }

  /** 'available held checkout sold / capacity' of each SKU, read exactly. */
  async counts(sale: TestSale): Promise<string[]> {
    const { body } = must(200, await this.shop.availability(sale.id));
    return body.skus.map((s) => `${s.available} ${s.held} ${s.checkout} ${s.sold} / ${s.capacity}`);
  }

  async untilCounts(sale: TestSale, ...wanted: string[]): Promise<void> {
    await eventually(`counts are ${wanted.join(', ')}`, async () => {
      const counts = await this.counts(sale);
      if (counts.join() !== wanted.join()) throw new Error(`counts are ${counts.join(', ')}`);
      return true;
    });
  }

  /** Both stores, looked into past the application; closed when `look` is done. */
  async within<T>(look: (stores: { postgres: pg.Client; redis: Redis; keyPrefix: string }) => Promise<T>): Promise<T> {
    const types = new pg.TypeOverrides();
    types.setTypeParser(pg.types.builtins.INT8, Number);
    const postgres = new pg.Client({ connectionString: this.postgres.url, types });
    const redis = new Redis(this.redis.url);
    try {
      await postgres.connect();
      return await look({ postgres, redis, keyPrefix: KEY_PREFIX });
    } finally {
      redis.disconnect();
      await postgres.end();
    }
  }

  /** Everything that Redis knows is gone; its run goes on. */
  async flush(): Promise<void> {
    const redis = new Redis(this.redis.url);
    try {
      await redis.flushall();
    } finally {
      redis.disconnect();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.kill()));
    this.client.close();
    await Promise.all([this.redis.stop(), this.postgres.stop()]);
  }
}
