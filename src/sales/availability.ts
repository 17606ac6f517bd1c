import { Injectable } from '@nestjs/common';
import { SaleRetired } from '../inventory/epochs.js';
import { Stock } from '../inventory/stock.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { type SaleAvailability, toSkuAvailabilities } from './availability.view.js';
import { FreshCopies } from './fresh-copies.js';
import { readJournalledStock } from './journalled-stock.js';
import type { CatalogSale } from './sale-catalog.js';

const COPY_AGE_MS_MAX = 1_000;
const COPIES_MAX = 500;

/** What of a sale can be had now. */
@Injectable()
export class Availability {
  private readonly copies = new FreshCopies<SaleAvailability>(COPY_AGE_MS_MAX, COPIES_MAX);

  constructor(
    private readonly stock: Stock,
    private readonly postgres: Postgres,
  ) {}

  /** Counts at most 1 s old, read once a second however many ask. */
  recent(sale: CatalogSale): Promise<SaleAvailability> {
    return this.copies.read(sale.id, () => this.exact(sale));
  }

  /**
   * Counts of this moment; of a retired sale those of the journal. While Redis is out of reach too, but marked `stale`, as
   * is everything while Postgres is.
   */
  async exact(sale: CatalogSale): Promise<SaleAvailability> {
    const { id: saleId, status } = sale;
    // Tells how fresh a figure is and decides nothing, so this machine's clock is good enough.
    const asOf = new Date(performance.timeOrigin + performance.now()).toISOString();
    try {
      const skus = toSkuAvailabilities(sale, await this.stock.read(sale));
      return { saleId, status, asOf, stale: !this.postgres.isUp(), skus };
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'store-unavailable')) throw error;
      const skus = toSkuAvailabilities(sale, await readJournalledStock(this.postgres, saleId));
      return { saleId, status, asOf, stale: !(error instanceof SaleRetired), skus };
    }
  }
}
