import { Injectable } from '@nestjs/common';
import { Stock } from '../inventory/stock.js';
import { Problem } from '../problems.js';
import { type CatalogSale, SaleCatalog } from '../sales/sale-catalog.js';
import type { RequestedLine } from '../inventory/records.js';
import { problemOfRejection } from './rejection.js';

/** A copy older than this never refuses anybody. */
const COPY_AGE_MS_MAX = 1_000;
const STOCK_AGE_MS_MAX = 250;

interface StockCopy {
  readonly readAt: number;
  /** Ordinals of SKUs that have nothing available, held or in checkout. */
  readonly soldOut: ReadonlySet<number>;
}

/**
 * Turns requests away before they cost a write, from memory: it saves work and decides nothing that the ledger would
 * decide otherwise. Only for requests without a key, since one with a key must meet its record first.
 */
@Injectable()
export class Door {
  private readonly copies = new Map<string, StockCopy>();
  private readonly reading = new Set<string>();

  constructor(
    private readonly catalog: SaleCatalog,
    private readonly stock: Stock,
  ) {}

  /** Throws sale-not-open, sale-paused, sale-closed or sold-out. */
  async check(sale: CatalogSale, lines: readonly RequestedLine[]): Promise<void> {
    if (sale.status === 'paused' || sale.status === 'closed') await this.refuseByStatus(sale);
    this.refresh(sale);
    const copy = this.copies.get(sale.key);
    if (!copy || performance.now() - copy.readAt > COPY_AGE_MS_MAX) return;
    const gone = lines.filter(({ ordinal }) => copy.soldOut.has(ordinal));
    if (gone.length < lines.length || gone.length === 0) return;
    const figures = gone.map(
      ({ ordinal, wanted }) => `${ordinal}:${typeof wanted === 'number' ? wanted : wanted.length}:0:0:0:`,
    );
    throw problemOfRejection(`sold-out ${figures.join(' ')}`, sale, null);
  }

  private async refuseByStatus(sale: CatalogSale): Promise<void> {
    const fresh = performance.now() - sale.readAt <= COPY_AGE_MS_MAX ? sale : await this.catalog.reread(sale.id);
    if (!fresh) throw new Problem('sale-not-found', 'There is no such sale.');
    if (fresh.status === 'paused' || fresh.status === 'closed')
      throw problemOfRejection(`sale-${fresh.status}`, fresh, null);
  }

  /** Reads the stock in the background, so that nobody waits for it. */
  private refresh(sale: CatalogSale): void {
    const age = performance.now() - (this.copies.get(sale.key)?.readAt ?? -Infinity);
    if (age < STOCK_AGE_MS_MAX || this.reading.has(sale.key)) return;
    this.reading.add(sale.key);
    const readAt = performance.now();
    this.stock
      .read(sale)
      .then((skus) => {
        const soldOut = skus
          .filter(({ available, held, checkout }) => available + held + checkout === 0)
          .map(({ ordinal }) => ordinal);
        this.copies.set(sale.key, { readAt, soldOut: new Set(soldOut) });
      })
      .catch(() => this.copies.delete(sale.key))
      .finally(() => this.reading.delete(sale.key));
  }
}
