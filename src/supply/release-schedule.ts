import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { crashPoint } from '../crash-points.js';
import { appendToAudit } from '../events/audit-log.js';
import { EpochOver } from '../inventory/in-epoch.js';
import { Ledger } from '../inventory/ledger.js';
import { type StockShort, withdrawUnits } from '../inventory/withdraw.js';
import { Postgres, postgresUnavailable } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { changeSkuRow, refuseClosed, refusePublished, type SupplyEntry, writeSku } from './change-sku-row.js';
import { PublishSupply } from './publish-supply.js';
import { ReconcileSupply } from './reconcile-supply.js';
import { recordWithdrawn } from './record-withdrawn.js';
import { passReleases, readReleases, type Release, replaceReleases } from './release-table.js';
import type { ReleaseScheduleView } from './release-schedule.body.js';
import { highestFree, isLive, readSkuSupply, saleOf, type SkuSupply } from './sku-supply.js';
import { SupplyLock } from './supply-lock.js';

export type PlannedRelease = Omit<Release, 'releasedAt'>;

const ATTEMPTS_MAX = 10;
export const SCHEDULE_ENTRY = { actor: 'schedule', action: 'sku.release', reason: 'its time has come' } as const;

/**
 * Units of a SKU that are withheld until their time, and let out then, by Postgres's clock. As many are withheld as the
 * releases that are still to come add up to; what is withheld beyond that is let out, whoever left it so.
 */
@Injectable()
export class ReleaseSchedule {
  constructor(
    private readonly postgres: Postgres,
    private readonly ledger: Ledger,
    private readonly lock: SupplyLock,
    private readonly stores: ReconcileSupply,
    private readonly published: PublishSupply,
  ) {}

  /** Throws sku-not-found. */
  async read(skuId: string): Promise<ReleaseScheduleView> {
    const { withheld } = await readSkuSupply(this.postgres.pool, skuId);
    const releases = await readReleases(this.postgres.pool, skuId);
    return { skuId, withheld: withheld.length, releases: releases.map((each) => toText(each)) };
  }

  /**
   * Replaces what is still to come. Units that are to be withheld are taken from the available ones, the highest numbers
   * first. A repeat changes nothing. Throws sku-not-found, sale-state-conflict, and units-unavailable when too few are available.
   */
  async plan(skuId: string, releases: readonly PlannedRelease[], entry: SupplyEntry): Promise<void> {
    const sku = await readSkuSupply(this.postgres.pool, skuId);
    refuseClosed(sku);
    await this.lock.run(saleOf(sku), async () => {
      for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
        if (await this.attempt(skuId, releases, entry)) return;
      }
      throw postgresUnavailable();
    });
  }

  /** Lets out what is due of a SKU, once, however many processes ask; returns how many units. */
  async release(sku: Pick<SkuSupply, 'id' | 'saleId'>): Promise<number> {
    return this.lock.run(saleOf(sku), async () => {
      let released = 0;
      await changeSkuRow(this.postgres, sku, SCHEDULE_ENTRY, async (client, now) => {
        released = await letOut(client, now, await passReleases(client, now.id));
        return released === 0
          ? null
          : { before: { withheld: now.withheld.length }, after: { withheld: now.withheld.length - released } };
      });
      if (released > 0) await this.published.publish(sku);
      return released;
    });
  }

  private async attempt(skuId: string, releases: readonly PlannedRelease[], entry: SupplyEntry): Promise<boolean> {
    const sku = await this.stores.settle(skuId);
    const coming = (await readReleases(this.postgres.pool, skuId)).filter(({ releasedAt }) => releasedAt === null);
    const more = sum(releases) - sku.withheld.length;
    if (more === 0 && isSame(coming, releases)) return true;
    const difference = {
      before: { releases: coming.map((each) => toText(each)) },
      after: { releases: releases.map((each) => toText(each)) },
    };
    const write = async (client: pg.PoolClient): Promise<void> => {
      await replaceReleases(client, skuId, releases);
    };
    if (more > 0 && isLive(sku)) {
      const { ordinal, version } = sku;
      await crashPoint('stock.withdraw');
      const outcome = await withdrawUnits(this.ledger, saleOf(sku), { ordinal, version, as: 'withheld', number: more });
      if (outcome.word === 'short') throw tooFew(skuId, more, outcome);
      if (outcome.word === 'moved') return false;
      try {
        await this.stores.recordNoted(sku, outcome.epoch, async (client) => {
          await write(client);
          await appendToAudit(client, [{ ...entry, subject: skuId, ...difference }]);
        });
      } catch (error) {
        if (error instanceof EpochOver) return false;
        throw error;
      }
    } else {
      await changeSkuRow(this.postgres, sku, entry, async (client, now) => {
        if (more > 0) await withholdInDraft(client, now, more);
        await write(client);
        await letOut(client, now, sum(releases));
        return difference;
      });
    }
    await this.published.publish(sku);
    return true;
  }
}

/** Puts the lowest withheld numbers beyond `kept` on sale, in Postgres. */
async function letOut(client: pg.PoolClient, { id, withheld }: SkuSupply, kept: number): Promise<number> {
  const back = withheld.slice(0, Math.max(0, withheld.length - kept));
  if (back.length === 0) return 0;
  await client.query('DELETE FROM withdrawn_units WHERE sku_id = $1 AND unit_no = ANY($2) AND withheld', [id, back]);
  await writeSku(client, id, {});
  return back.length;
}

async function withholdInDraft(client: pg.PoolClient, sku: SkuSupply, count: number): Promise<void> {
  refusePublished(sku);
  const units = highestFree(sku, count);
  const nothing = { held: 0, checkout: 0, sold: 0, blocked: 0 };
  if (units.length < count) throw tooFew(sku.id, count, { ...nothing, available: units.length });
  await recordWithdrawn(
    client,
    sku.id,
    units.map((unit) => ({ unit, as: 'withheld' })),
  );
}

function tooFew(skuId: string, requested: number, { available, held, checkout }: StockShort): Problem {
  const line = { skuId, requested, available, heldByOthers: held + checkout, nextExpiryAt: null };
  const detail = `${requested} more units were to be withheld, and ${available} are available.`;
  return new Problem('units-unavailable', detail, { lines: [line] });
}

const sum = (releases: readonly PlannedRelease[]): number => releases.reduce((all, { quantity }) => all + quantity, 0);

function toText({
  at,
  quantity,
  releasedAt = null,
}: PlannedRelease & Partial<Release>): ReleaseScheduleView['releases'][number] {
  return { at: at.toISOString(), quantity, releasedAt: releasedAt?.toISOString() ?? null };
}

function isSame(a: readonly PlannedRelease[], b: readonly PlannedRelease[]): boolean {
  const texts = (list: readonly PlannedRelease[]): string =>
    list
      .map(({ at, quantity }) => `${at.getTime()} ${quantity}`)
      .sort()
      .join();
  return texts(a) === texts(b);
}
