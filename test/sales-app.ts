import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { AccessModule } from '../src/access/access.module.js';
import { InventoryModule } from '../src/inventory/inventory.module.js';
import { createApp } from '../src/platform/bootstrap.js';
import { PlatformModule } from '../src/platform/platform.module.js';
import { Postgres } from '../src/platform/postgres.js';
import { GuardianWorker } from '../src/reconcile/guardian.worker.js';
import { ReconcileModule } from '../src/reconcile/reconcile.module.js';
import { ActiveSalesModule } from '../src/sales/active-sales.module.js';
import type { AdminSaleView } from '../src/sales/sale.view.js';
import { SalesAdminController } from '../src/sales/sales-admin.controller.js';
import { SalesController } from '../src/sales/sales.controller.js';
import { SalesModule } from '../src/sales/sales.module.js';
import { ReleaseScheduleController } from '../src/supply/release-schedule.controller.js';
import { SaleSkusController } from '../src/supply/sale-skus.controller.js';
import { SkusAdminController } from '../src/supply/skus-admin.controller.js';
import { SupplyModule } from '../src/supply/supply.module.js';
import { SupplyWorker } from '../src/supply/supply.worker.js';
import { conforming } from './conformance/inject.js';
import { eventually } from './e2e/eventually.js';
import { testConfig } from './settings.js';
import { freshDatabase } from './stores.js';

const ADMIN_KEY = 'hf_sk_the_admin_key_of_the_sales_tests';
const SHOP_KEY = 'hf_sk_the_shop_key_of_the_sales_tests';

@Module({})
class SalesTestModule {}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
type Kind = 'anonymous' | 'service' | 'admin';
const CREDENTIALS = {
  anonymous: {},
  service: { authorization: `Bearer ${SHOP_KEY}` },
  admin: { authorization: `Bearer ${ADMIN_KEY}` },
} as const satisfies Record<Kind, object>;

/** Sales on real stores, with the guardian that builds them in Redis, and nothing that reserves. */
export class SalesApp {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly postgres: Postgres,
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  static async start(env: NodeJS.ProcessEnv = {}): Promise<SalesApp> {
    const database = await freshDatabase();
    const keys = { ADMIN_API_KEY: ADMIN_KEY, STOREFRONT_API_KEY: SHOP_KEY };
    const config = testConfig(database.url, { ...keys, ...env });
    const app = await createApp(config, {
      module: SalesTestModule,
      imports: [
        PlatformModule.with(config),
        AccessModule,
        InventoryModule,
        SalesModule,
        SupplyModule,
        ActiveSalesModule,
        ReconcileModule,
      ],
      controllers: [
        SalesAdminController,
        SalesController,
        SkusAdminController,
        SaleSkusController,
        ReleaseScheduleController,
      ],
      providers: [GuardianWorker, SupplyWorker],
    });
    return new SalesApp(conforming(app), app.get(Postgres), () => database.drop());
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.dropDatabase();
  }

  /** Calls the API; paths begin after `/v1`. A body that is text is CSV. */
  call(kind: Kind, method: Method, path: string, body?: object | string): Promise<LightMyRequestResponse> {
    const csv = typeof body === 'string' ? { 'content-type': 'text/csv' } : {};
    const options: InjectOptions = { method, url: `/v1${path}`, headers: { ...CREDENTIALS[kind], ...csv } };
    return this.app.inject(body === undefined ? options : { ...options, payload: body });
  }

  /** Imports units from a file as it is. */
  import(skuId: string, payload: Buffer): Promise<LightMyRequestResponse> {
    const url = `/v1/admin/skus/${skuId}/units?reason=a%20file`;
    return this.app.inject({
      method: 'POST',
      url,
      payload,
      headers: { ...CREDENTIALS.admin, 'content-type': 'text/csv' },
    });
  }

  admin(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<LightMyRequestResponse> {
    return this.call('admin', method, `/admin/sales${path}`, body);
  }

  /** Creates a sale of 5 units, with whatever is to be different. */
  async create(slug: string, different: object = {}): Promise<AdminSaleView> {
    const answer = await this.admin('POST', '', saleBody(slug, different));
    if (answer.statusCode !== 201) throw new Error(answer.body);
    return answer.json<AdminSaleView>();
  }

  /** Until Redis has heard of it: a busy machine may take longer over the first rebuild than a request waits for it. */
  command(saleId: string, command: string): Promise<LightMyRequestResponse> {
    return eventually(`the sale is told to ${command}`, async () => {
      const answer = await this.tell(saleId, command);
      return answer.statusCode !== 503 && answer;
    });
  }

  /** One try of a command. */
  tell(saleId: string, command: string): Promise<LightMyRequestResponse> {
    return this.admin('POST', `/${saleId}/${command}`, { reason: `to ${command} it` });
  }

  async statusOf(saleId: string): Promise<string> {
    const answer = await this.admin('GET', `/${saleId}`);
    return answer.json<AdminSaleView>().status;
  }

  /** What the audit log says about a sale, first things first. */
  auditOf(
    saleId: string,
  ): Promise<{ actor: string; action: string; reason: string | null; before: unknown; after: unknown }[]> {
    return this.postgres.query(
      'SELECT actor, action, reason, before, after FROM audit WHERE subject = $1 ORDER BY id',
      [saleId],
    );
  }

  /** What subscribers will be told of a sale, first things first. */
  factsOf(saleId: string): Promise<{ kind: string; sequence: number; payload: { status: string } }[]> {
    return this.postgres.query('SELECT kind, sequence, payload FROM outbox WHERE sale_id = $1 ORDER BY id', [saleId]);
  }

  /** Moves the ledger's clock of this database ahead, or back to the present with 0. */
  async moveClock(seconds: number): Promise<void> {
    await this.postgres.query(
      `CREATE OR REPLACE FUNCTION ledger_now() RETURNS timestamptz LANGUAGE sql VOLATILE
       AS 'SELECT clock_timestamp() + interval ''${seconds} seconds'''`,
    );
  }
}

export function saleBody(slug: string, different: object = {}): Record<string, unknown> {
  const skus = [{ name: 'General admission', capacity: 5, unitPrice: 4500 }];
  return { name: 'Midnight Drop', slug, currency: 'EUR', skus, ...different };
}

/** A moment so many seconds from now, as a body gives it. */
export const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();
