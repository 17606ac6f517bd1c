import { Injectable } from '@nestjs/common';
import { JOURNAL_COLUMNS } from '../inventory/journal-row.js';
import { Postgres } from '../platform/postgres.js';
import { HISTORY_COLUMNS, type HistoryPlace, type HistoryRow } from './history-rows.js';
import type { LiveHoldRow } from './live-holds.js';

/** More are not told one by one: some 250 KB, which is what a reader may leave unread. */
export const CHANGES_MAX = 250;

/** A transition beside the row that it changed, as that is now; `id` is the transition's. */
export type ChangeRow = HistoryRow & Omit<LiveHoldRow, 'id'>;

// What a transaction that is still under way has written has a place before what others wrote after it and have committed:
// who follows must not pass it by, so nothing is told from the oldest of them on.
const SETTLED = 't.tx < pg_snapshot_xmin(pg_current_snapshot())';
const ENDS_AT = "CASE WHEN r.status = 'checkout' THEN r.checkout_expires_at ELSE r.expires_at END AS ends_at";

/** Reads the history forward, in the order in which no reader misses anything. */
@Injectable()
export class ChangeFeed {
  constructor(private readonly postgres: Postgres) {}

  /** The place of the newest transition of a sale; the beginning where there is none. */
  async newest(saleId: string): Promise<HistoryPlace> {
    const [row] = await this.postgres.query<HistoryPlace & Record<string, unknown>>(
      `SELECT t.tx::text, t.id FROM transitions t WHERE t.sale_id = $1 AND ${SETTLED} ORDER BY t.tx DESC, t.id DESC LIMIT 1`,
      [saleId],
    );
    return row ?? { tx: '0', id: 0 };
  }

  /** What followed a place, first things first: one more than `CHANGES_MAX` where there is more than can be told. */
  async after(saleId: string, { tx, id }: HistoryPlace): Promise<ChangeRow[]> {
    return this.postgres.query<ChangeRow & Record<string, unknown>>(
      `SELECT ${JOURNAL_COLUMNS}, ${ENDS_AT}, ledger_now() AS now, ${HISTORY_COLUMNS}
       WHERE t.sale_id = $1 AND (t.tx, t.id) > ($2::text::xid8, $3::int8) AND ${SETTLED}
       ORDER BY t.tx, t.id LIMIT ${CHANGES_MAX + 1}`,
      [saleId, tx, id],
    );
  }
}
