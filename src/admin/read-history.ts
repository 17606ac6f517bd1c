import { Injectable } from '@nestjs/common';
import { Postgres } from '../platform/postgres.js';
import { invalid } from '../platform/validation.js';
import { Problem } from '../problems.js';
import { knowsHeld } from '../sales/known-lines.js';
import { type CatalogSale, SaleCatalog } from '../sales/sale-catalog.js';
import { PAGE_LIMIT } from '../sales/sale-limits.js';
import { decodePlace, encodePlace, placeText } from './history-place.js';
import { type HistoryRow, HistoryRows, type HistoryWanted } from './history-rows.js';
import { transitionInWords } from './history-words.js';
import type { HistoryEntry, HistoryPage, HistoryQuery } from './history.dto.js';

/** The history of reservations, by sale, customer, reservation and unit. */
@Injectable()
export class ReadHistory {
  constructor(
    private readonly rows: HistoryRows,
    private readonly catalog: SaleCatalog,
    private readonly postgres: Postgres,
  ) {}

  /** Throws sku-not-found, unit-unknown, invalid-request. */
  async page({ limit = PAGE_LIMIT.initial, cursor, skuId, unit, ...wanted }: HistoryQuery): Promise<HistoryPage> {
    const before = decodePlace(cursor);
    const ofUnit = await this.unitMeant(skuId, unit, wanted.saleId);
    const rows = await this.rows.page({ ...wanted, ...ofUnit }, before, limit + 1);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      items: await Promise.all(page.map((row) => this.entry(row))),
      nextCursor: rows.length > limit && last ? encodePlace(last) : null,
    };
  }

  async entry(row: HistoryRow): Promise<HistoryEntry> {
    const { reservationId, saleId, customerId, sequence, kind, at, until, actor, actorName, reason } = row;
    return {
      ...{ place: placeText(row), reservationId, saleId, customerId, sequence, kind, at: at.toISOString() },
      ...{ until: until?.toISOString() ?? null, actor, actorName, reason },
      text: transitionInWords(row, await this.saleOf(row)),
    };
  }

  /** This process's copy of the sale, or a fresh one where the copy does not know what was held. */
  async saleOf(row: Pick<HistoryRow, 'saleId' | 'lines'>): Promise<CatalogSale | null> {
    const copy = await this.catalog.find(row.saleId);
    return copy && knowsHeld(copy, row.lines) ? copy : this.catalog.fresh(row.saleId);
  }

  private async unitMeant(
    skuId: string | undefined,
    label: string | undefined,
    saleId: string | undefined,
  ): Promise<Pick<HistoryWanted, 'saleId' | 'unit'>> {
    if (skuId === undefined && label === undefined) return {};
    if (skuId === undefined || label === undefined)
      throw invalid([
        { pointer: skuId === undefined ? '?skuId' : '?unit', detail: 'must be given too: a unit is a SKU and a label' },
      ]);
    const [row] = await this.postgres.query<{ saleId: string }>('SELECT sale_id AS "saleId" FROM skus WHERE id = $1', [
      skuId,
    ]);
    const sale = row && (saleId === undefined || saleId === row.saleId) ? await this.catalog.fresh(row.saleId) : null;
    const sku = [...(sale?.skuByOrdinal.values() ?? [])].find(({ id }) => id === skuId);
    if (!sale || !sku) throw new Problem('sku-not-found', `There is no SKU ${skuId}${saleId ? ` in ${saleId}` : ''}.`);
    const unit = sku.numberOf(label);
    if (unit === undefined) {
      const errors = [{ pointer: '?unit', detail: 'is not a unit of this SKU' }];
      throw new Problem('unit-unknown', 'There is no such unit.', { errors });
    }
    return { saleId: sale.id, unit: { ordinal: sku.ordinal, unit } };
  }
}
