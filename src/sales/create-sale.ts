import { Injectable } from '@nestjs/common';
import { appendToAudit } from '../events/audit-log.js';
import { randomChars, randomId } from '../platform/ids.js';
import { Postgres } from '../platform/postgres.js';
import type { CreateSaleBody, SkuBody } from './create-sale.body.js';
import { readSale, type SaleRecord } from './sale-record.js';
import { initialSettings } from './sale-settings-rules.js';
import { insertSale } from './sale-table.js';
import { insertSkus, type NewSku } from './sku-table.js';

/** Creates sales. */
@Injectable()
export class CreateSale {
  constructor(private readonly postgres: Postgres) {}

  /**
   * Writes a draft with its SKUs, its units' labels and the audit entry, all or nothing. A second sale of the same
   * slug is `slug-taken`, so a repeat never makes two.
   */
  async create(body: CreateSaleBody, actor: string): Promise<SaleRecord> {
    const key = randomChars(10);
    const id = `sale_${key}`;
    const settings = initialSettings(body);
    const skus = body.skus.map(toNewSku);
    await this.postgres.transaction(async (client) => {
      await insertSale(client, { id, key, slug: body.slug, currency: body.currency, ...settings });
      await insertSkus(client, id, skus);
      const after = { slug: body.slug, currency: body.currency, ...settings, skus: skus.map(summary) };
      const reason = body.reason ?? null;
      await appendToAudit(client, [{ actor, action: 'sale.create', subject: id, reason, before: null, after }]);
    });
    const created = await readSale(this.postgres, id);
    if (!created) throw new Error(`Sale ${id} is not there after its creation was committed`);
    return created;
  }
}

function toNewSku(sku: SkuBody, at: number): NewSku {
  const units = sku.units ?? [];
  return {
    id: randomId('sku', 12),
    ordinal: at + 1,
    name: sku.name,
    unitPrice: sku.unitPrice,
    unitsPerCustomerMax: sku.unitsPerCustomerMax ?? null,
    numbered: sku.capacity ?? units.length,
    units,
  };
}

/** The audit entry tells how many units there are, not ten thousand labels. */
function summary({ units, ...sku }: NewSku): object {
  return { ...sku, labelled: units.length > 0 };
}
