import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../access/caller.js';
import { appendToAudit } from '../events/audit-log.js';
import { randomId } from '../platform/ids.js';
import { Postgres } from '../platform/postgres.js';
import { invalid } from '../platform/validation.js';
import { Problem } from '../problems.js';
import {
  type BulkRunRow,
  endBulkRun,
  findBulkRun,
  insertBulkRun,
  listBulkRuns,
  type NewBulkRun,
  toBulkRunView,
} from './bulk-run-table.js';
import type { BulkAction, BulkAnswer, BulkRunList, BulkRunsQuery, BulkRunView, ReleaseHoldsBody } from './bulk.dto.js';
import { ListHolds } from './list-holds.js';
import { type FilterAsked, LiveHolds } from './live-holds.js';

const SAMPLE = 10;
/** An id of 20 characters: nobody guesses one, and two never meet. */
const ID_LENGTH = 20;

/** Many holds changed at once: what would be, the run that workers do, and how far it is. */
@Injectable()
export class BulkHolds {
  constructor(
    private readonly holds: LiveHolds,
    private readonly listing: ListHolds,
    private readonly postgres: Postgres,
  ) {}

  /**
   * Says which holds are meant, and unless it is a dry run has workers change them: the run and its audit entry are
   * written before the answer. Throws invalid-request where the filter names nothing, and what `LiveHolds` does.
   */
  async ask(
    caller: Caller,
    action: BulkAction,
    { dryRun = true, reason, ...asked }: ReleaseHoldsBody & { seconds?: number },
  ): Promise<BulkAnswer> {
    const { seconds = null, ...given } = asked;
    const filter: NewBulkRun['filter'] = { status: 'held', ...given, within: '/' };
    refuseAimless(filter);
    if (action === 'extend' && filter.status !== 'held')
      throw invalid([{ pointer: '/status', detail: 'must be held: a payment window is not prolonged' }]);
    const [matching, units, sample] = await Promise.all([
      this.holds.count(filter),
      this.holds.units(filter),
      this.listing.first(filter, SAMPLE),
    ]);
    if (dryRun) return { dryRun, matching, units, sample, run: null };
    const run = { id: randomId('bulk', ID_LENGTH), action, filter, seconds, reason, actor: actorOf(caller), matching };
    const row = await this.postgres.transaction(async (client) => {
      const written = await insertBulkRun(client, run);
      const { customerId, within: _within, ...told } = filter;
      const after = { ...told, ...(customerId !== undefined && { ofOneCustomer: true }), seconds };
      const entry = { actor: run.actor, action: `holds.${action}`, subject: run.id, reason };
      await appendToAudit(client, [{ ...entry, before: { matching, units }, after }]);
      return written;
    });
    return { dryRun, matching, units, sample, run: toBulkRunView(row) };
  }

  /** Throws bulk-run-not-found. */
  async read(id: string): Promise<BulkRunView> {
    return toBulkRunView(await this.found(id));
  }

  async list({ limit, cursor }: BulkRunsQuery): Promise<BulkRunList> {
    if (cursor !== undefined && !(await findBulkRun(this.postgres, cursor)))
      throw invalid([
        { pointer: '?cursor', detail: 'is not a cursor of this list; leave it out to begin at the first page' },
      ]);
    const rows = await listBulkRuns(this.postgres, limit + 1, cursor);
    const page = rows.slice(0, limit);
    return {
      items: page.map(toBulkRunView),
      nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  }

  /** Ends a run after the chunk under way; what it has changed stays so. A repeat changes nothing. Throws bulk-run-not-found. */
  async stop(caller: Caller, id: string, reason: string): Promise<BulkRunView> {
    const { status } = await this.found(id);
    await this.postgres.transaction(async (client) => {
      const stopped = await endBulkRun(client, id, 'stopped');
      if (!stopped) return;
      const entry = { actor: actorOf(caller), action: 'holds.stop', subject: id, reason };
      await appendToAudit(client, [{ ...entry, before: { status }, after: countsOf(stopped) }]);
    });
    return this.read(id);
  }

  private async found(id: string): Promise<BulkRunRow> {
    const row = await findBulkRun(this.postgres, id);
    if (!row) throw new Problem('bulk-run-not-found', 'There is no such bulk run.');
    return row;
  }
}

/** What the audit log says of a run that has ended. */
export function countsOf({ status, changed, unchanged, failed }: BulkRunRow): object {
  return { status, changed, unchanged, failed };
}

/** An empty filter would be every hold of every sale: so much is not meant by leaving something out. */
function refuseAimless({ saleId, skuId, customerId, reservationIds }: FilterAsked): void {
  if ([saleId, skuId, customerId, reservationIds].some((given) => given !== undefined)) return;
  throw invalid([{ pointer: '', detail: 'must name a sale, a SKU, a customer or reservations' }]);
}
