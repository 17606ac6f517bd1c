import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { parseReservationId } from '../inventory/reservation-ref.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { SoldInRedis } from '../inventory/sold-in-redis.js';
import { Postgres } from '../platform/postgres.js';

/** A rebuild is urgent, and a restock that is delivered in between looks like a sale that Postgres forgot, once. */
const LOOKS = 3;

// Of one moment: units that are sold, and, by their reservation, units of cancelled orders that went back on sale.
const SOLD = `SELECT k.ordinal, (SELECT count(*) FROM sold_units u WHERE u.sku_id = k.id) AS units, NULL AS id, 0 AS version
    FROM skus k WHERE k.sale_id = $1
  UNION ALL SELECT k.ordinal, cardinality(l.units), r.id, r.version FROM orders o JOIN reservations r ON r.id = o.reservation_id
    JOIN order_lines l ON l.order_id = o.id JOIN skus k ON k.id = l.sku_id WHERE o.sale_id = $1 AND o.restocked`;

interface SoldRow {
  readonly ordinal: number;
  readonly units: number;
  readonly id: string | null;
  readonly version: number;
}

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
      const inPostgres = await this.inPostgres(sale, epoch);
      const after = await this.sold.read(sale, epoch);
      const found = [...inPostgres].map(([ordinal, units]) => {
        const inRedis = Math.min(before.get(ordinal) ?? 0, after.get(ordinal) ?? 0);
        return { ordinal, inRedis, inPostgres: units };
      });
      const beyond = found.find((one) => one.inRedis > one.inPostgres);
      if (!beyond || look === LOOKS) return beyond ?? null;
      before = after;
    }
  }

  /**
   * What a cancelled order gave back is still sold to a Redis that has not heard of it: not yet, or not any more, because it was
   * started from an older file.
   */
  private async inPostgres(sale: SaleRef, epoch: number): Promise<Map<number, number>> {
    const heard = await this.sold.restocked(sale, epoch);
    const sums = new Map<number, number>();
    for (const { ordinal, units, id, version } of await this.postgres.query<SoldRow & pg.QueryResultRow>(SOLD, [
      sale.id,
    ])) {
      const isHeard = id !== null && (heard.get(parseReservationId(id)?.tail ?? '') ?? 0) >= version;
      sums.set(ordinal, (sums.get(ordinal) ?? 0) + (isHeard ? 0 : units));
    }
    return sums;
  }
}
