import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { crashPoint } from '../crash-points.js';
import { appendToAudit } from '../events/audit-log.js';
import { EpochOver, inEpoch } from '../inventory/in-epoch.js';
import { Ledger } from '../inventory/ledger.js';
import { supplySku } from '../inventory/supply.js';
import { type NotedUnit, WithdrawalNotes, type WithdrawalsNoted } from '../inventory/withdrawal-notes.js';
import { Postgres } from '../platform/postgres.js';
import { recordWithdrawn } from './record-withdrawn.js';
import { capacityOf, isLive, readSkuSupply, saleOf, type SkuSupply, supplyOf } from './sku-supply.js';

/** A transaction of more would keep a rebuild waiting. */
const UNITS_PER_TRANSACTION = 10_000;
const LEDGER_ACTOR = 'ledger';

/** What belongs into the transaction that records the last of a command's units. */
export type Finish = (client: pg.PoolClient) => Promise<void>;

/**
 * Brings both stores to one view of a SKU's stock, in the order of the law: what Redis has withdrawn is recorded in
 * Postgres; then Redis gets what Postgres has. Whatever step a command died after, this finishes it. Under the SupplyLock.
 */
@Injectable()
export class ReconcileSupply {
  constructor(
    private readonly postgres: Postgres,
    private readonly ledger: Ledger,
    private readonly notes: WithdrawalNotes,
  ) {}

  /** The SKU as both stores have it. Throws sku-not-found, or store-unavailable while Redis is out of reach. */
  async settle(skuId: string): Promise<SkuSupply> {
    for (;;) {
      const sku = await readSkuSupply(this.postgres.pool, skuId);
      if (!isLive(sku)) return sku;
      // The script comes first: it finds out when the epoch that this process knew is over.
      await crashPoint('stock.supply');
      await supplySku(this.ledger, saleOf(sku), supplyOf(sku));
      const noted = await this.notes.read(saleOf(sku), sku.ordinal);
      if (noted.units.length === 0) return sku;
      await this.record(sku, noted).catch(unlessEpochOver);
    }
  }

  /** Records what a command has just withdrawn in an epoch, and with the last of it `finish`. Throws EpochOver. */
  async recordNoted(sku: SkuSupply, epoch: number, finish: Finish): Promise<void> {
    const noted = await this.notes.read(saleOf(sku), sku.ordinal);
    if (noted.epoch !== epoch) throw new EpochOver(saleOf(sku));
    await this.record(sku, noted, finish);
  }

  /** When the sale was rebuilt meanwhile, the units are back on sale and none of this may be written. */
  private async record(sku: SkuSupply, { epoch, units }: WithdrawalsNoted, finish?: Finish): Promise<void> {
    for (let from = 0; from === 0 || from < units.length; from += UNITS_PER_TRANSACTION) {
      const some = units.slice(from, from + UNITS_PER_TRANSACTION);
      const last = from + UNITS_PER_TRANSACTION >= units.length;
      await crashPoint('stock.record');
      await inEpoch(this.postgres, saleOf(sku), epoch, async (client) => {
        const fresh = await recordWithdrawn(client, sku.id, some);
        if (finish && last) await finish(client);
        else if (fresh > 0) await appendToAudit(client, [unaskedFor(sku, some)]);
      });
    }
  }
}

function unlessEpochOver(error: unknown): void {
  if (!(error instanceof EpochOver)) throw error;
}

/** Units that a return brought down to the target, or that a command withdrew whose process died before it was done. */
function unaskedFor(sku: SkuSupply, units: readonly NotedUnit[]): Parameters<typeof appendToAudit>[1][number] {
  const before = { capacity: capacityOf(sku) };
  const after = { withdrawn: units.length, first: units[0]?.unit, as: units[0]?.as };
  const reason = sku.capacityTarget === null ? 'a command was cut off' : `on the way to ${sku.capacityTarget} units`;
  return { actor: LEDGER_ACTOR, action: 'sku.withdraw', subject: sku.id, reason, before, after };
}
