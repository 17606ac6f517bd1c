import { Injectable } from '@nestjs/common';
import { Ledger } from './ledger.js';
import type { SaleRef } from './sale-keys.js';
import type { SkuCounts } from './sku-counters.js';

export interface SkuStock extends SkuCounts {
  readonly ordinal: number;
  readonly nextExpiryAt: Date | null;
}

/** Exact counts of a sale's SKUs, of one moment. Throws store-unavailable. */
@Injectable()
export class Stock {
  constructor(private readonly ledger: Ledger) {}

  async read(sale: SaleRef): Promise<SkuStock[]> {
    const { values } = await this.ledger.run('availability', sale, []);
    const [, , ...rest] = values;
    const skus: SkuStock[] = [];
    for (let i = 0; i < rest.length; i += 3) {
      const [, capacity = 0, available = 0, held = 0, checkout = 0, sold = 0, blocked = 0] = (rest[i + 1] ?? '')
        .split(' ')
        .map(Number);
      const next = Number(rest[i + 2]);
      const nextExpiryAt = next > 0 ? new Date(next) : null;
      skus.push({ ordinal: Number(rest[i]), capacity, available, held, checkout, sold, blocked, nextExpiryAt });
    }
    return skus.sort((a, b) => a.ordinal - b.ordinal);
  }
}
