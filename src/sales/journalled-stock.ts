import type { SkuStock } from '../inventory/stock.js';
import type { Postgres } from '../platform/postgres.js';

// One statement is one snapshot, so the counts add up. A hold past its deadline is free, as a rebuild would see it.
const COUNT = `
  WITH taken AS (
    SELECT (line->>'ordinal')::int AS ordinal,
           sum(jsonb_array_length(line->'units')) FILTER (WHERE r.status = 'held') AS held,
           sum(jsonb_array_length(line->'units')) FILTER (WHERE r.status = 'checkout') AS checkout,
           min(r.expires_at) FILTER (WHERE r.status = 'held') AS next_expiry_at
    FROM reservations r CROSS JOIN jsonb_array_elements(r.lines) AS line
    WHERE r.sale_id = $1 AND (r.status = 'checkout' OR (r.status = 'held' AND r.expires_at > ledger_now()))
    GROUP BY 1),
  counted AS (
    SELECT k.ordinal,
           k.numbered - (SELECT count(*) FROM withdrawn_units w WHERE w.sku_id = k.id AND w.reason = 'capacity') AS capacity,
           (SELECT count(*) FROM withdrawn_units w WHERE w.sku_id = k.id AND w.reason = 'block') AS blocked,
           (SELECT count(*) FROM sold_units o WHERE o.sku_id = k.id) AS sold,
           coalesce(t.held, 0)::int AS held, coalesce(t.checkout, 0)::int AS checkout, t.next_expiry_at
    FROM skus k LEFT JOIN taken t ON t.ordinal = k.ordinal WHERE k.sale_id = $1)
  SELECT ordinal, capacity, greatest(0, capacity - blocked - sold - held - checkout) AS available, held, checkout,
         sold, blocked, next_expiry_at AS "nextExpiryAt"
  FROM counted ORDER BY ordinal`;

/** The counts of a sale's SKUs by the journal alone, for while Redis is out of reach. Holds not yet journalled are missing. */
export async function readJournalledStock(postgres: Postgres, saleId: string): Promise<SkuStock[]> {
  return postgres.query<SkuStock>(COUNT, [saleId]);
}
