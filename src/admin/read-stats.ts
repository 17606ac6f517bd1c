import { Injectable } from '@nestjs/common';
import { UndecidedRequests } from '../inventory/undecided-requests.js';
import { type Instance, Instances } from '../platform/instances.js';
import { isPassing, Postgres, postgresUnavailable } from '../platform/postgres.js';
import { RedisClock } from '../platform/redis-clock.js';
import { Problem } from '../problems.js';
import { QueueLag } from '../reservations/queue-lag.queue.js';
import { Availability } from '../sales/availability.js';
import { type SaleAvailability, toSkuAvailabilities } from '../sales/availability.view.js';
import { FreshCopies } from '../sales/fresh-copies.js';
import { readJournalledStock } from '../sales/journalled-stock.js';
import { type CatalogSale, SaleCatalog } from '../sales/sale-catalog.js';
import { ReadHoldFigures } from './hold-figures.js';
import { ratesOfSale } from './rates-of-sale.js';
import { newestAuditId } from './list-audit.js';
import type { InstanceStats, SaleStats, SkuStats, Stats, StatsTotals } from './stats.dto.js';

const COPY_AGE_MS_MAX = 1_000;
const COPIES_MAX = 50;
const COUNTS = ['capacity', 'available', 'held', 'checkout', 'sold', 'blocked'] as const;

/** A sale at a glance, read once a second a process however many ask. What cannot be read is null; the rest is told. */
@Injectable()
export class ReadStats {
  private readonly copies = new FreshCopies<Stats>(COPY_AGE_MS_MAX, COPIES_MAX);

  constructor(
    private readonly catalog: SaleCatalog,
    private readonly availability: Availability,
    private readonly undecided: UndecidedRequests,
    private readonly holds: ReadHoldFigures,
    private readonly lag: QueueLag,
    private readonly instances: Instances,
    private readonly clock: RedisClock,
    private readonly postgres: Postgres,
  ) {}

  /** Throws sale-not-found; store-unavailable where nobody knows whether there is such a sale, or both stores are away. */
  read(saleId?: string): Promise<Stats> {
    return this.copies.read(saleId ?? '', () => this.readNow(saleId));
  }

  private async readNow(saleId?: string): Promise<Stats> {
    const asOf = new Date(performance.timeOrigin + performance.now()).toISOString();
    const [instances, queues, lastAuditId] = await Promise.all([
      orNull(this.instances.list()),
      orNull(this.lag.read()),
      orNull(newestAuditId(this.postgres)),
    ]);
    const sale = saleId === undefined ? null : await this.ofSale(await this.find(saleId), instances);
    const workersAlive = (instances ?? []).filter(({ alive, role }) => alive && role !== 'api').length;
    const lags = queues?.map((queue) => ({ ...queue, oldestAgeMs: Math.round(queue.oldestAgeMs) })) ?? null;
    return { asOf, sale, queues: lags, instances: instances?.map(shown) ?? null, workersAlive, lastAuditId };
  }

  private async find(saleId: string): Promise<CatalogSale> {
    const sale = await this.catalog.find(saleId).catch((error: unknown) => {
      throw isPassing(error) ? postgresUnavailable() : error;
    });
    if (!sale) throw new Problem('sale-not-found', `There is no sale ${saleId}.`);
    return sale;
  }

  private async ofSale(sale: CatalogSale, instances: readonly Instance[] | null): Promise<SaleStats> {
    const [counts, undecided, holds] = await Promise.all([
      this.countsOf(sale),
      orNull(this.undecided.count([sale])),
      orNull(this.holds.read(sale)),
    ]);
    const skus = counts.skus.map((sku): SkuStats =>
      Object.assign({}, sku, { name: sale.skuById.get(sku.skuId)?.name ?? '' }),
    );
    return {
      ...{ saleId: sale.id, name: sale.name, status: counts.status, stale: counts.stale, skus, totals: totalsOf(skus) },
      undecidedRequests: undecided?.[0] ?? null,
      rates: instances && ratesOfSale(instances, sale.id, this.clock.now() ?? 0),
      holds,
    };
  }

  /** Of a draft nothing is in Redis, and nobody is to build it for being looked at. */
  private async countsOf(sale: CatalogSale): Promise<Pick<SaleAvailability, 'status' | 'stale' | 'skus'>> {
    try {
      if (sale.status !== 'draft') return await this.availability.exact(sale);
      const skus = toSkuAvailabilities(sale, await readJournalledStock(this.postgres, sale.id));
      return { status: sale.status, stale: false, skus };
    } catch (error) {
      throw isPassing(error) ? postgresUnavailable() : error;
    }
  }
}

/** Null while the store that would tell is out of reach. */
async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (isPassing(error) || (error instanceof Problem && error.code === 'store-unavailable')) return null;
    throw error;
  }
}

function totalsOf(skus: readonly SkuStats[]): StatsTotals {
  const sums = COUNTS.map((name) => [name, skus.reduce((sum, sku) => sum + sku[name], 0)] as const);
  return Object.fromEntries(sums) as Record<(typeof COUNTS)[number], number>;
}

function shown({ id, role, host, startedAt, seenAt, alive }: Instance): InstanceStats {
  return {
    id,
    role,
    host,
    startedAt: new Date(startedAt).toISOString(),
    seenAt: new Date(seenAt).toISOString(),
    alive,
  };
}
