import { Injectable } from '@nestjs/common';
import { type SkuStock, Stock } from '../inventory/stock.js';
import type { SkuState } from '../inventory/write-epoch.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import type { ActiveSale } from '../sales/active-sales.js';
import { readSnapshot, type Snapshot } from './snapshot.js';
import { stateOf } from './state-of-snapshot.js';

const SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';
const NAMED_MAX = 20;
const COUNTERS = ['capacity', 'available', 'held', 'checkout', 'sold', 'blocked'] as const;

/** What a rebuild of a sale would do now, in words; it changes nothing. */
@Injectable()
export class PlanRebuild {
  constructor(
    private readonly postgres: Postgres,
    private readonly stock: Stock,
  ) {}

  async inWords(sale: ActiveSale): Promise<string[]> {
    const snapshot = await this.snapshot(sale);
    const overdue = snapshot.live.filter((row) => row.overdue);
    const { state, losers } = stateOf({ ...snapshot, live: snapshot.live.filter((row) => !row.overdue) });
    const now = await this.countersNow(sale);
    const { epoch } = snapshot.sale;
    return [
      `Epoch ${epoch} ends: nothing that was decided in it is written any more. Until epoch ${epoch + 1} is open, callers are answered 503.`,
      ...named(overdue, 'marked expired, because their deadline has passed'),
      ...named(losers, 'released, because their units belong to others'),
      `Redis is built from Postgres: ${state.skus.length} SKUs and ${state.holds.length} holds.`,
      ...state.skus.map((sku) => changeOf(sku, now && (now.find(({ ordinal }) => ordinal === sku.ordinal) ?? null))),
    ];
  }

  private snapshot(sale: ActiveSale): Promise<Snapshot> {
    return this.postgres.slowTransaction(async (slow) => {
      const row = await this.postgres.prisma.sale.findUniqueOrThrow({ where: { id: sale.id } });
      return readSnapshot(slow, row);
    }, SNAPSHOT);
  }

  /** Null while Redis has no state of the sale that can be read. */
  private async countersNow(sale: ActiveSale): Promise<SkuStock[] | null> {
    try {
      return await this.stock.read(sale);
    } catch (error) {
      if (error instanceof Problem || (error instanceof Error && error.message.includes('WRONGTYPE'))) return null;
      throw error;
    }
  }
}

function named(rows: readonly { id: string }[], what: string): string[] {
  if (rows.length === 0) return [];
  const ids = rows.slice(0, NAMED_MAX).map(({ id }) => id);
  const more = rows.length > ids.length ? `, and ${rows.length - ids.length} more` : '';
  return [`${rows.length} holds are ${what}: ${ids.join(', ')}${more}.`];
}

/** `now`: null where Redis does not know the SKU, or nothing of the sale. */
function changeOf({ ordinal, counters }: SkuState, now: SkuStock | null): string {
  const wanted = COUNTERS.map((name) => `${name} ${counters[name]}`).join(', ');
  if (!now) return `SKU ${ordinal} will have ${wanted}.`;
  const changes = COUNTERS.filter((name) => now[name] !== counters[name]).map(
    (name) => `${name} ${now[name]} becomes ${counters[name]}`,
  );
  return changes.length === 0 ? `SKU ${ordinal} keeps ${wanted}.` : `SKU ${ordinal}: ${changes.join(', ')}.`;
}
