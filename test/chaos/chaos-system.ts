import { Redis } from 'ioredis';
import { saleKey } from '../../src/inventory/sale-keys.js';
import type { AppInstance } from '../e2e/app-instance.js';
import { Cluster } from '../e2e/cluster.js';
import { eventually } from '../e2e/eventually.js';
import { HttpClient } from '../e2e/http-client.js';
import { Storefront, STOREFRONT_KEY } from '../e2e/storefront.js';
import type { TestSale } from '../e2e/test-sale.js';
import { FaultProxy } from './fault-proxy.js';

/** A process that is stopped answers nothing; a client gives up on it and asks another. */
const ANSWER_MS_MAX = 8_000;
const RECOVERY_MS_MAX = 60_000;
const COPIES_KEPT = 4;

/** The ways of one process to its stores. */
export interface Ways {
  readonly redis: FaultProxy;
  readonly postgres: FaultProxy;
}

/**
 * Two API and two worker processes on a Redis and a Postgres of their own; each reaches both stores by a network that can
 * fail. A sale beside the one under test tells when the system serves again.
 */
export class ChaosSystem {
  readonly client = new HttpClient(ANSWER_MS_MAX);
  /** Older states of Redis's files, the oldest first. */
  private readonly copies: string[] = [];
  private canary: TestSale | undefined;
  private asked = 0;
  readonly sales: TestSale[] = [];

  private constructor(
    readonly cluster: Cluster,
    readonly ways: readonly Ways[],
  ) {}

  static async start(): Promise<ChaosSystem> {
    const ways: Ways[] = [];
    const cluster = await Cluster.start({
      env: { REDIS_COMMAND_TIMEOUT_MS: '1000', TEST_CLOCK: 'true', PIN_GRACE_MS: '5000', REDIS_SILENCE_MS_MAX: '200' },
      wire: async (_role, straight) => {
        const way = {
          redis: await FaultProxy.open(straight.redis),
          postgres: await FaultProxy.open(straight.postgres),
        };
        ways.push(way);
        return { redis: way.redis.reroute(straight.redis), postgres: way.postgres.reroute(straight.postgres) };
      },
    });
    const system = new ChaosSystem(cluster, ways);
    system.canary = await system.sell({ skus: [1_000] });
    return system;
  }

  get shop(): Storefront {
    return this.shopOf(...this.cluster.apis);
  }

  async sell(spec: Parameters<Cluster['operator']['sell']>[0]): Promise<TestSale> {
    // On a busy machine the first rebuild may take longer than a request; a draft that is left behind is in nobody's way.
    const sale = await eventually('a sale is open', () => this.cluster.operator.sell(spec), RECOVERY_MS_MAX);
    this.sales.push(sale);
    return sale;
  }

  /** The ledger's clock of every sale runs so far off, as the guardian sees it too. */
  async moveClock(offsetMs: number): Promise<void> {
    await this.withRedis(async (redis) => {
      for (const { key } of this.sales) await redis.set(saleKey('e2e', key, 0, 'clock'), `${offsetMs} guarded`);
    });
  }

  /** Remembers what Redis's files are now. */
  async copyRedis(): Promise<void> {
    this.copies.push(await this.cluster.redis.copyFiles());
    if (this.copies.length > COPIES_KEPT) this.copies.shift();
  }

  /** An older state of Redis: of the copies that are kept, the one that `choose` takes. */
  olderCopy(choose: (below: number) => number): string | null {
    return this.copies[choose(Math.max(1, this.copies.length))] ?? null;
  }

  /** Milliseconds until one more hold is acknowledged, by whichever process. */
  async untilServing(): Promise<number> {
    const from = performance.now();
    await eventually('a hold is acknowledged again', () => this.holdsAt(this.shop), RECOVERY_MS_MAX);
    return performance.now() - from;
  }

  /** Milliseconds until every process is ready, and a hold is acknowledged by each that takes requests. */
  async untilWhole(): Promise<number> {
    const from = performance.now();
    await this.cluster.untilReady();
    for (const api of this.cluster.apis)
      await eventually(`${api.url} holds again`, () => this.holdsAt(this.shopOf(api)), RECOVERY_MS_MAX);
    return performance.now() - from;
  }

  async stop(): Promise<void> {
    for (const app of this.cluster.apps) app.thaw();
    this.client.close();
    await Promise.all(this.ways.flatMap(({ redis, postgres }) => [redis.close(), postgres.close()]));
    await this.cluster.stop();
  }

  private shopOf(...apis: AppInstance[]): Storefront {
    return new Storefront(
      this.client,
      apis.map(({ url }) => url),
      STOREFRONT_KEY,
    );
  }

  private async holdsAt(shop: Storefront): Promise<boolean> {
    const { canary } = this;
    if (!canary) throw new Error('the canary sale is not open');
    const name = `canary-${this.asked++}`;
    const body = { customerId: name, lines: [{ skuId: canary.skus[0] ?? '', quantity: 1 }] };
    const answer = await shop.reserve(canary.id, body, { key: name, wait: 2 });
    if (answer.status !== 201) return false;
    await shop.end(answer.body.id).catch(() => undefined);
    return true;
  }

  private async withRedis(work: (redis: Redis) => Promise<void>): Promise<void> {
    const redis = new Redis(this.cluster.redis.url);
    redis.on('error', () => undefined);
    try {
      await work(redis);
    } finally {
      redis.disconnect();
    }
  }
}
