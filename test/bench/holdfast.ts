import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { type BenchStores, dropDatabase, dropKeys, freshDatabase } from './bench-stores.js';
import { after, type Program, startProgram } from './program.js';

const MAIN = resolve('dist/main.js');
/** The bench is one caller who asks for as much as a crowd; nothing else differs from what `npm start` runs with. */
const NO_LIMITS = { ADDRESS_REQUESTS_MAX: '0', CUSTOMER_REQUESTS_MAX: '0', KEY_REQUESTS_MAX: '0' };

/** An audit reads whole sales in its own time, and is no part of what a hold costs: not within this hour. */
export const WITHOUT_AUDIT = { AUDIT_INTERVAL_MS: '3600000' };

/** A service that says to repeat a request in a moment is asked again for so long. */
const ASK_MS_MAX = 60_000;

let installations = 0;

export interface BenchSale {
  readonly id: string;
  readonly key: string;
  readonly skuIds: readonly string[];
}

export interface SaleAsked {
  readonly skus?: readonly number[];
  readonly holdTtlSeconds?: number;
  readonly open?: boolean;
}

/** Holdfast on a database and Redis keys of its own: one process for everything, or several with one role each. */
export class Holdfast {
  readonly programs: Program[] = [];
  readonly env: Readonly<Record<string, string>>;
  /** Of this run alone, since somebody else's Redis may have the keys of another, and of this database: a new one is another installation. */
  readonly keyPrefix: string;
  private sales = 0;

  private constructor(
    private readonly stores: BenchStores,
    readonly name: string,
    readonly databaseUrl: string,
  ) {
    this.keyPrefix = `${name}-${process.pid}-${++installations}`;
    const secret = (): string => randomBytes(24).toString('hex');
    this.env = {
      ...{ DATABASE_URL: databaseUrl, REDIS_URL: stores.redisUrl, KEY_PREFIX: this.keyPrefix, LOG_LEVEL: 'info' },
      ...{ ADMIN_API_KEY: `hf_sk_${secret()}`, STOREFRONT_API_KEY: `hf_sk_${secret()}` },
      ...{ RESERVATION_ID_SECRET: secret(), JWT_SECRET: secret(), ...NO_LIMITS },
    };
  }

  static async start(
    stores: BenchStores,
    name: string,
    roles: readonly string[] = ['all'],
    env: NodeJS.ProcessEnv = {},
  ): Promise<Holdfast> {
    const holdfast = new Holdfast(stores, name, await freshDatabase(stores, name.replaceAll('-', '_')));
    for (const role of roles) {
      const count = roles.filter((each) => each === role).length;
      const suffix = count > 1 ? `-${holdfast.programs.length + 1}` : '';
      const program = await startProgram(stores, `${name}-${role}${suffix}`, MAIN, {
        ...{ ...holdfast.env, ROLE: role },
        ...env,
      });
      holdfast.programs.push(program);
    }
    return holdfast;
  }

  get port(): number {
    return this.programs[0]?.port ?? 0;
  }

  get key(): string {
    return `Bearer ${this.env['STOREFRONT_API_KEY']}`;
  }

  /** An open sale, or a draft. */
  async sell({ skus = [1_000_000], holdTtlSeconds = 80_000, open = true }: SaleAsked = {}): Promise<BenchSale> {
    const slug = `sale-${++this.sales}`;
    const body = {
      ...{ name: slug, slug, currency: 'EUR', holdTtlSeconds, checkoutTtlSeconds: 80_000 },
      skus: skus.map((capacity, i) => ({ name: `SKU ${i + 1}`, unitPrice: 4500, capacity })),
    };
    const { id, skus: made } = await this.ask<{ id: string; skus: { id: string }[] }>('', body);
    if (open) await this.ask(`/${id}/open`, { reason: 'the bench' });
    return { id, key: id.slice('sale_'.length), skuIds: made.map((sku) => sku.id) };
  }

  async ask<T>(path: string, body: unknown): Promise<T> {
    const giveUpAt = performance.now() + ASK_MS_MAX;
    const send = (): Promise<Response> =>
      fetch(`http://127.0.0.1:${this.port}/v1/admin/sales${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.env['ADMIN_API_KEY']}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    let answer = await send();
    while (answer.status === 503 && performance.now() < giveUpAt) {
      await after(Number(answer.headers.get('retry-after') ?? 1) * 1_000);
      answer = await send();
    }
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** The reserve request of a crowd: another customer each time, who waits for the decision. */
  reserve({ id, skuIds }: BenchSale, line = 0): ReserveRequest {
    return {
      ...{ port: this.port, method: 'POST', path: `/v1/sales/${id}/reservations` },
      headers: { authorization: this.key, prefer: 'wait=10' },
      body: `{"customerId":"c_{n}","lines":[{"skuId":"${skuIds[line]}","quantity":1}]}`,
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.stop()));
    await dropDatabase(this.stores, this.databaseUrl);
    await dropKeys(this.stores, this.keyPrefix);
  }
}

export interface ReserveRequest {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}
