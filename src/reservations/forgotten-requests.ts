import { Injectable } from '@nestjs/common';
import type { SaleRef } from '../inventory/sale-keys.js';
import { Config } from '../platform/config.js';
import { Postgres } from '../platform/postgres.js';

// A sale of one epoch has met one Redis, which lost nothing; and what an older Redis lost is too old to be remembered.
const OLDER_THAN_KEPT = `
  SELECT retired_at IS NOT NULL
    OR (status = 'closed' AND closed_at <= ledger_now() - make_interval(days => $2))
    OR (forgets_since IS NOT NULL AND (epoch = 1 OR rebuilt_at <= ledger_now() - make_interval(hours => $3))) AS older
  FROM sales WHERE id = $1`;

/** Tells a request that was forgotten by age from one that was lost, where no store knows it any more. */
@Injectable()
export class ForgottenRequests {
  constructor(
    private readonly postgres: Postgres,
    private readonly config: Config,
  ) {}

  /**
   * True when an authentic id that neither store knows can only be older than is kept. False while it may have been
   * lost: in a sale that never forgot anything, and as long after a rebuild as requests are remembered.
   */
  async isOlderThanKept(sale: SaleRef): Promise<boolean> {
    const { closedSaleRetentionDays, requestRetentionHours } = this.config;
    const values = [sale.id, closedSaleRetentionDays, requestRetentionHours];
    const [row] = await this.postgres.query<{ older: boolean }>(OLDER_THAN_KEPT, values);
    return row?.older ?? false;
  }
}
