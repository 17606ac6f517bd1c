import type { Postgres } from '../platform/postgres.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';
import { SALE_COLUMNS, type SaleRecord, type SaleRow, withSkus } from './sale-record.js';

export interface SalePage {
  items: SaleRecord[];
  nextCursor: string | null;
}

/** Whose list it is: admins see every sale, the public those that matter to a buyer now. */
export type SaleAudience = 'admin' | 'public';

// A buyer who reloads the page the morning after still finds the sale, and that it is over.
const SHOWN_TO = {
  admin: 'TRUE',
  public: `(s.status IN ('open', 'scheduled', 'paused')
            OR (s.status = 'closed' AND s.closed_at > ledger_now() - interval '1 day'))`,
} as const satisfies Record<SaleAudience, string>;

/**
 * One page of sales, the newest first. The cursor names the last row of the page before, so sales that are created
 * meanwhile neither repeat nor hide others.
 */
export async function listSales(
  postgres: Postgres,
  audience: SaleAudience,
  limit: number,
  cursor?: string,
): Promise<SalePage> {
  const after = cursor === undefined ? null : decodeCursor(cursor);
  const rows = await postgres.query<SaleRow>(
    `SELECT ${SALE_COLUMNS} FROM sales s
     WHERE ${SHOWN_TO[audience]} AND ($1::timestamptz IS NULL OR (s.created_at, s.id) < ($1::timestamptz, $2::text))
     ORDER BY s.created_at DESC, s.id DESC LIMIT $3`,
    [after?.at ?? null, after?.id ?? null, limit + 1],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = rows.length > limit && last ? encodeCursor({ at: last.createdAt, id: last.id }) : null;
  return { items: await withSkus(postgres, page), nextCursor };
}
