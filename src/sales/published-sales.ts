import { Injectable } from '@nestjs/common';
import { isOutage, Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { FreshCopies } from './fresh-copies.js';
import { listSales, type SalePage } from './list-sales.js';
import { type CatalogSale, SaleCatalog } from './sale-catalog.js';

const COPY_AGE_MS_MAX = 1_000;
const PAGES_MAX = 100;

/** Sales as the public meets them: a draft is not there. */
@Injectable()
export class PublishedSales {
  private readonly pages = new FreshCopies<SalePage>(COPY_AGE_MS_MAX, PAGES_MAX);

  constructor(
    private readonly catalog: SaleCatalog,
    private readonly postgres: Postgres,
  ) {}

  /** The sale from this process's copy; before it is said not to exist, Postgres is asked. Throws sale-not-found. */
  async recent(saleId: string): Promise<CatalogSale> {
    const copy = await this.catalog.find(saleId);
    if (copy && copy.status !== 'draft') return copy;
    return copy ? this.exact(saleId) : refuse(saleId);
  }

  /** The sale as Postgres has it now. Throws sale-not-found. */
  async exact(saleId: string): Promise<CatalogSale> {
    const sale = await this.catalog.reread(saleId);
    return sale && sale.status !== 'draft' ? sale : refuse(saleId);
  }

  /** As `exact`; while Postgres is out of reach this process's copy, if it has one. */
  async exactOrKnown(saleId: string): Promise<CatalogSale> {
    try {
      return await this.exact(saleId);
    } catch (error) {
      if (isOutage(error) && this.catalog.peek(saleId)) return this.recent(saleId);
      throw error;
    }
  }

  /** A page of the sales that matter to buyers now, at most 1 s old. */
  recentPage(limit: number, cursor?: string): Promise<SalePage> {
    return this.pages.read(`${limit} ${cursor ?? ''}`, () => this.exactPage(limit, cursor));
  }

  /** The same, as Postgres has it now. */
  exactPage(limit: number, cursor?: string): Promise<SalePage> {
    return listSales(this.postgres, 'public', limit, cursor);
  }
}

function refuse(saleId: string): never {
  throw new Problem('sale-not-found', `There is no sale ${saleId}.`);
}
