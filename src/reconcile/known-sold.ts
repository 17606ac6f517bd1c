import { Injectable } from '@nestjs/common';
import type { SaleRef } from '../inventory/sale-keys.js';
import { SoldInRedis } from '../inventory/sold-in-redis.js';
import { Postgres } from '../platform/postgres.js';

/** A rebuild is urgent, and a restock that is delivered in between looks like a sale that Postgres forgot, once. */
const LOOKS = 3;

// What a cancelled order gives back is sold to Redis until it has heard of it.
const SOLD = `SELECT k.ordinal, (SELECT count(*) FROM sold_units u WHERE u.sku_id = k.id)
    + (SELECT coalesce(sum(cardinality(l.units)), 0) FROM outbox f
       JOIN orders o ON o.reservation_id = f.reservation_id AND o.restocked
       JOIN order_lines l ON l.order_id = o.id WHERE l.sku_id = k.id AND f.sale_id = $1 AND f.delivered_at IS NULL) AS sold
  FROM skus k WHERE k.sale_id = $1`;

export interface SoldBeyond {
  readonly ordinal: number;
  readonly inRedis: number;
  readonly inPostgres: number;
}

/**
 * Whether Redis has sold units that Postgres knows nothing of. Units are sold in Postgres first, so this one has forgotten orders: it
 * was restored from a backup, and a rebuild from it would sell their units again.
 */
@Injectable()
export class KnownSold {
  constructor(
    private readonly sold: SoldInRedis,
    private readonly postgres: Postgres,
  ) {}

  /** Null where Postgres knows of everything that this epoch of Redis has sold, and where Redis has nothing of that epoch. */
  async beyond(sale: SaleRef, epoch: number): Promise<SoldBeyond | null> {
    let before = await this.sold.read(sale, epoch);
    for (let look = 1; ; look++) {
      const rows = await this.postgres.query<{ ordinal: number; sold: number }>(SOLD, [sale.id]);
      const after = await this.sold.read(sale, epoch);
      const found = rows.map(({ ordinal, sold }) => {
        const inRedis = Math.min(before.get(ordinal) ?? 0, after.get(ordinal) ?? 0);
        return { ordinal, inRedis, inPostgres: sold };
      });
      const beyond = found.find(({ inRedis, inPostgres }) => inRedis > inPostgres);
      if (!beyond || look === LOOKS) return beyond ?? null;
      before = after;
    }
  }
}
