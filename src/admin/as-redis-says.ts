import { Injectable } from '@nestjs/common';
import { Ledger } from '../inventory/ledger.js';
import { unpackHold } from '../inventory/records.js';
import { parseReservationId } from '../inventory/reservation-ref.js';
import { type ViewedRecords, viewRecords } from '../inventory/view.js';
import { Problem } from '../problems.js';
import type { LiveHoldRow } from './live-holds.js';

/** Rows that still stand, and the ledger's time in ms; `stale`: of some sale Redis could not be asked. */
export interface StandingHolds {
  readonly rows: LiveHoldRow[];
  readonly now: number | null;
  readonly stale: boolean;
}

/**
 * Holds of the journal as Redis has them now. Redis is ahead by what is on its way to Postgres: a hold that has ended, a
 * later deadline; and by a hold that is journalled and that nobody was told of yet.
 */
@Injectable()
export class AsRedisSays {
  constructor(private readonly ledger: Ledger) {}

  /** One script call for each sale on the page. A store that is away is no error: the rows are told as they are. */
  async of(rows: readonly LiveHoldRow[]): Promise<StandingHolds> {
    const sales = [...new Set(rows.map((row) => row.sale_id))];
    const viewed = await Promise.all(sales.map((sale) => this.viewSale(rows.filter((row) => row.sale_id === sale))));
    const standing = new Map(viewed.flatMap(({ rows: kept }) => kept.map((row) => [row.id, row])));
    const times = viewed.flatMap(({ now }) => (now === null ? [] : [now]));
    return {
      rows: rows.flatMap(({ id }) => standing.get(id) ?? []),
      now: times.length > 0 ? Math.max(...times) : null,
      stale: viewed.some(({ stale }) => stale),
    };
  }

  private async viewSale(rows: readonly LiveHoldRow[]): Promise<StandingHolds> {
    const refs = rows.flatMap(({ id }) => parseReservationId(id) ?? []);
    const sale = refs[0]?.sale;
    try {
      const tails = refs.map(({ tail }) => tail);
      const records = sale ? await viewRecords(this.ledger, sale, tails) : [];
      const standing = rows.flatMap((row, i) => asViewed(row, records[i]) ?? []);
      return { rows: standing, now: records[0]?.now ?? null, stale: false };
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'store-unavailable')) throw error;
      return { rows: rows.filter(({ overdue }) => !overdue), now: rows[0]?.now.getTime() ?? null, stale: true };
    }
  }
}

/** The row with what Redis has written since; null where the hold is over, or nobody was told of it yet. */
function asViewed(row: LiveHoldRow, viewed: ViewedRecords | undefined): LiveHoldRow | null {
  if (!viewed?.hold) return null;
  const hold = unpackHold(viewed.hold);
  if (hold.state === 'decided') return null;
  if (hold.state !== 'held' || row.status !== 'held') return row;
  if (viewed.now >= hold.expiresAt) return null;
  if (hold.version <= row.version) return row;
  const expiresAt = new Date(hold.expiresAt);
  const { version, extensions } = hold;
  return { ...row, version, extensions, expires_at: expiresAt, ends_at: expiresAt };
}
