// The sales that the example shops in. An operator makes them, with an admin key; a storefront never does.
import { randomUUID } from 'node:crypto';
import type { Client } from './client.js';

export interface Sale {
  readonly id: string;
  readonly skus: readonly { readonly id: string; readonly name: string }[];
}

export interface Stage {
  readonly open: Sale;
  readonly lastUnit: Sale;
  readonly soldOut: Sale;
  readonly onePerCustomer: Sale;
  readonly noExtensions: Sale;
  readonly tomorrow: Sale;
  readonly paused: Sale;
  readonly closed: Sale;
}

const DAY_MS = 86_400_000;

export async function setStage(admin: Client): Promise<Stage> {
  const make = async (capacity: number, settings: Record<string, unknown> = {}): Promise<Sale> => {
    const name = `Example ${randomUUID().slice(0, 8)}`;
    const skus = [{ name: 'General admission', capacity, unitPrice: 4500 }];
    const body = { name, slug: name.toLowerCase().replace(' ', '-'), currency: 'EUR', skus, ...settings };
    const sale = await admin.must<Sale>('POST', '/v1/admin/sales', { body });
    await command(sale, 'open');
    return sale;
  };
  const command = async (sale: Sale, word: 'open' | 'pause' | 'close'): Promise<Sale> => {
    await admin.must('POST', `/v1/admin/sales/${sale.id}/${word}`, { body: { reason: 'examples/storefront.ts' } });
    return sale;
  };
  return {
    open: await make(100, { latePayment: 'refuse' }),
    lastUnit: await make(1),
    soldOut: await make(1),
    onePerCustomer: await make(10, { unitsPerCustomerMax: 1 }),
    noExtensions: await make(10, { extensionsMax: 0 }),
    tomorrow: await make(10, { opensAt: new Date(Date.now() + DAY_MS).toISOString() }),
    paused: await command(await make(10), 'pause'),
    closed: await command(await make(10), 'close'),
  };
}
