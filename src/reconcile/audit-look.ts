import { Injectable } from '@nestjs/common';
import { auditGone, auditHolds, type AuditedHolds, auditSku } from '../inventory/audit-reads.js';
import { EpochOver } from '../inventory/in-epoch.js';
import { Ledger } from '../inventory/ledger.js';
import { parseReservationId, reservationId } from '../inventory/reservation-ref.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { WriteEpoch } from '../inventory/write-epoch.js';
import { Postgres } from '../platform/postgres.js';
import type { Compared, Finding, Look } from './audit-finding.js';
import { holdsAlone, holdsCounted, holdsJournalled } from './audit-holds.js';
import { type AuditedRows, readAuditedRows } from './audit-rows.js';
import { auditSkuAlone } from './audit-sku.js';
import { ownersOf, type ReadSku, unitsOwned, unitsTwice } from './audit-units.js';

const SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/**
 * Reads a sale in both stores and compares, while it goes on: Redis in bounded calls, first the holds, then each SKU, then one
 * snapshot of Postgres. What was read in one call is compared for certain; what was read at two moments may differ because the
 * sale moved in between, and counts only when a later look finds the very same.
 */
@Injectable()
export class AuditLook {
  constructor(
    private readonly ledger: Ledger,
    private readonly postgres: Postgres,
    private readonly epochs: WriteEpoch,
  ) {}

  /** Throws EpochOver when a rebuild comes in between, and what the stores throw. */
  async look(sale: SaleRef): Promise<Look> {
    const [open] = await this.epochs.openEpochs([sale]);
    const held = await auditHolds(this.ledger, sale);
    const { skus, left, certain } = await this.readSkus(sale, held);
    const rows = await this.readRows(sale, held);
    const tails = new Map(rows.live.map(({ id }) => [parseReservationId(id)?.tail ?? '', id]));
    const unknown = [...tails.keys()].filter((tail) => !held.holds.has(tail));
    const goneTails = await auditGone(this.ledger, sale, held.epoch, unknown);
    const gone = new Set([...goneTails].map((tail) => reservationId(sale, tail)));
    const owners = ownersOf(held, rows);
    return {
      epoch: held.epoch,
      certain: [...certain, ...holdsAlone(sale, held), ...(held.still ? holdsCounted(held) : [])],
      maybe: [
        ...unitsTwice(held),
        ...holdsJournalled(sale, held, rows, gone),
        ...skus.flatMap((sku) => unitsOwned(sku, owners, rows)),
        ...stockApart(skus, left, rows),
        ...postgresOlder(skus, rows, open?.revision ?? 0),
      ],
      compared: comparedOf(held, skus, left, rows),
    };
  }

  private async readSkus(
    sale: SaleRef,
    held: AuditedHolds,
  ): Promise<{ skus: ReadSku[]; left: number[]; certain: Finding[] }> {
    const skus: ReadSku[] = [];
    const left: number[] = [];
    const certain: Finding[] = [];
    for (const ordinal of held.stock.keys()) {
      const sku = await auditSku(this.ledger, sale, held.epoch, ordinal);
      const { counters = null, findings = [] } = sku ? auditSkuAlone(ordinal, sku) : {};
      certain.push(...findings);
      if (sku && counters && sku.units.length === counters.numbered) skus.push({ ordinal, sku, counters });
      else left.push(ordinal);
    }
    return { skus, left, certain };
  }

  private async readRows(sale: SaleRef, held: AuditedHolds): Promise<AuditedRows> {
    const ids = [...held.holds.keys()].map((tail) => reservationId(sale, tail));
    const rows = await this.postgres.slowTransaction((slow) => readAuditedRows(slow, sale.id, ids), SNAPSHOT);
    if (rows.epoch !== held.epoch) throw new EpochOver(sale);
    return rows;
  }
}

/** SKUs that one store has and the other has not, or with other numbers at the same version. */
function stockApart(skus: readonly ReadSku[], left: readonly number[], rows: AuditedRows): Finding[] {
  return rows.skus.flatMap(({ ordinal, numbered, version, removed }): Finding[] => {
    const known = skus.find((sku) => sku.ordinal === ordinal)?.counters;
    if (!known && !removed && !left.includes(ordinal))
      return [{ kind: 'sums', text: `SKU ${ordinal} is in Postgres, and Redis does not know it` }];
    if (!known || known.version !== version || known.numbered === numbered) return [];
    return [
      { kind: 'marks', text: `SKU ${ordinal} has ${known.numbered} numbers in Redis, and ${numbered} in Postgres` },
    ];
  });
}

/** Redis follows commits of Postgres. Where it is ahead of them, this Postgres has forgotten some: it was restored from a backup. */
function postgresOlder(skus: readonly ReadSku[], rows: AuditedRows, revision: number): Finding[] {
  const findings: Finding[] = [];
  const say = (about: string, text: string): number => findings.push({ kind: 'postgres-older', about, text });
  for (const { ordinal, counters } of skus) {
    const sold = rows.sold.get(ordinal)?.length ?? 0;
    const known = sold + (rows.goingBack.get(ordinal)?.length ?? 0);
    if (counters.sold > known)
      say(`sold ${ordinal}`, `SKU ${ordinal}: Redis has sold ${counters.sold} units, and Postgres knows of ${known}`);
    const version = rows.skus.find((row) => row.ordinal === ordinal)?.version ?? 0;
    if (counters.version > version)
      say(
        `stock ${ordinal}`,
        `SKU ${ordinal}: Redis has version ${counters.version} of its stock, Postgres ${version}`,
      );
  }
  if (revision > rows.revision)
    say('revision', `Redis has revision ${revision} of the sale's settings, Postgres ${rows.revision}`);
  return findings;
}

function comparedOf(
  held: AuditedHolds,
  skus: readonly ReadSku[],
  left: readonly number[],
  rows: AuditedRows,
): Compared {
  const count = (...maps: ReadonlyMap<number, readonly number[]>[]): number =>
    maps.flatMap((map) => [...map.values()]).reduce((sum, units) => sum + units.length, 0);
  return {
    skus: skus.length,
    units: skus.reduce((sum, { sku }) => sum + sku.units.length, 0),
    ...{ holds: held.holds.size, rows: rows.live.length, soldUnits: count(rows.sold) },
    withdrawnUnits: count(rows.withdrawn, rows.blocked),
    ...{ skusLeft: left.length, countersOfHolds: held.still },
  };
}
