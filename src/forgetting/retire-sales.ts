import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { DropKeys } from '../inventory/drop-keys.js';
import { saleLock, stateLock } from '../inventory/in-epoch.js';
import { InventoryConnection } from '../inventory/inventory-connection.js';
import { LAYOUT } from '../inventory/layout.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { Postgres } from '../platform/postgres.js';
import { whileLocked } from '../platform/session-lock.js';

const SALES_PER_RUN = 50;

// One that was woken stays for an hour, so that what woke it does not wake it again and again.
const OVER = `s.status = 'closed' AND s.retired_at IS NULL AND s.epoch > 0
  AND s.closed_at <= ledger_now() - make_interval(days => $1)
  AND (s.rebuilt_at IS NULL OR s.rebuilt_at <= ledger_now() - interval '1 hour')
  AND NOT EXISTS (SELECT 1 FROM reservations r WHERE r.sale_id = s.id AND r.status IN ('held', 'checkout'))
  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.sale_id = s.id AND o.delivered_at IS NULL)`;

type SaleWithEpoch = SaleRef & { epoch: number };

/**
 * Takes sales out of Redis that closed long ago and hold nothing. Postgres first: a new epoch, so that nothing decided in
 * the old one can be written any more, and `retired_at`, so that the missing state is not taken for lost. Then the keys.
 * `redis_run_id` is cleared last: a crash in between leaves it, and the next run drops the keys again.
 */
@Injectable()
export class RetireSales {
  constructor(
    private readonly postgres: Postgres,
    private readonly connection: InventoryConnection,
    private readonly keys: DropKeys,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  /** Returns how many sales it retired. Without Redis none is: their keys could not be dropped. */
  async runOnce(): Promise<number> {
    if (!this.connection.runId()) return 0;
    const sales = await this.postgres.query<SaleWithEpoch>(
      `SELECT s.id, s.key, s.epoch FROM sales s WHERE s.layout <= $3 AND ((${OVER}) OR (s.retired_at IS NOT NULL AND s.redis_run_id IS NOT NULL))
       ORDER BY s.closed_at LIMIT $2`,
      [this.config.closedSaleRetentionDays, SALES_PER_RUN, LAYOUT.newest],
    );
    let retired = 0;
    for (const sale of sales) if (await whileLocked(this.postgres, stateLock(sale), () => this.retire(sale))) retired++;
    return retired;
  }

  /** With the lock of its state held, no rebuild of the sale is under way. */
  private async retire(sale: SaleWithEpoch): Promise<boolean> {
    await crashPoint('retire.raise');
    const epoch = await this.raiseEpoch(sale);
    if (epoch === null || !(await this.keys.ofSale(sale, epoch))) return false;
    await crashPoint('retire.done');
    await this.postgres.query(
      'UPDATE sales SET redis_run_id = NULL WHERE id = $1 AND epoch = $2 AND retired_at IS NOT NULL',
      [sale.id, epoch],
    );
    this.log.root.info({ saleId: sale.id, epoch }, 'retired: Postgres answers for the sale from here on');
    return true;
  }

  /** The epoch whose keys may go, or null when the sale has come to life since it was read. */
  private async raiseEpoch(sale: SaleWithEpoch): Promise<number | null> {
    return this.postgres.transaction(async (client) => {
      await client.query(`SELECT pg_advisory_xact_lock(${saleLock(sale)})`);
      const raised = await client.query<{ epoch: number }>(
        `UPDATE sales s SET epoch = s.epoch + 1, retired_at = ledger_now(), revision = s.revision + 1
         WHERE s.id = $2 AND ${OVER} RETURNING s.epoch`,
        [this.config.closedSaleRetentionDays, sale.id],
      );
      if (raised.rows[0]) return raised.rows[0].epoch;
      const begun = await client.query<{ epoch: number }>(
        'SELECT epoch FROM sales WHERE id = $1 AND retired_at IS NOT NULL AND redis_run_id IS NOT NULL',
        [sale.id],
      );
      return begun.rows[0]?.epoch ?? null;
    });
  }
}
