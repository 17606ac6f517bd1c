import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { acceptRequests, type Accepted, type ReserveCommand } from '../inventory/accept.js';
import { Epochs } from '../inventory/epochs.js';
import { Journal } from '../inventory/journal.js';
import { Ledger } from '../inventory/ledger.js';
import { unpackRequest } from '../inventory/records.js';
import { reservationId } from '../inventory/reservation-ref.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { Config } from '../platform/config.js';
import { GroupCommit } from '../platform/group-commit.js';
import { Tracing } from '../platform/tracing.js';
import { SaleCatalog } from '../sales/sale-catalog.js';
import { DECISION_MS_MAX, DecisionPace } from './decision-pace.js';
import { ReserveMetrics } from './reserve-metrics.js';
import { ReserveQueue } from './reserve.queue.js';
import { ResultChannel } from './result-channel.js';

/** Units in one batch: a script's work grows with them, and Redis does nothing else meanwhile. */
const UNITS_PER_BATCH_MAX = 2_000;

/** Writes requests down and queues them; those of a sale that arrive together share one script call and one job. */
@Injectable()
export class Intake {
  private readonly batches = new Map<string, GroupCommit<ReserveCommand, TakenIn>>();
  private readonly pace = new DecisionPace();

  constructor(
    private readonly ledger: Ledger,
    private readonly epochs: Epochs,
    private readonly journal: Journal,
    private readonly queue: ReserveQueue,
    private readonly catalog: SaleCatalog,
    private readonly config: Config,
    private readonly metrics: ReserveMetrics,
    private readonly tracing: Tracing,
    private readonly results: ResultChannel,
  ) {}

  /** Resolves when the request is on record and queued, or was known. On store-unavailable it may be either. */
  accept(sale: SaleRef, command: ReserveCommand): Promise<TakenIn> {
    let batch = this.batches.get(sale.key);
    if (!batch) {
      batch = new GroupCommit({
        runBatch: (commands, keepUntil) => this.acceptBatch(sale, commands, keepUntil),
        itemsMax: this.config.batchCommandsMax,
        weightOf: ({ lines }) =>
          lines.reduce((sum, { wanted }) => sum + (typeof wanted === 'number' ? wanted : wanted.length), 0),
        weightMax: UNITS_PER_BATCH_MAX,
        traced: this.tracing.batch('accept batch'),
      });
      this.batches.set(sale.key, batch);
    }
    return batch.add(command);
  }

  /** How long the oldest request of any sale waits that is not under way yet. */
  oldestWaitMs(): number {
    let oldest = 0;
    for (const batch of this.batches.values()) oldest = Math.max(oldest, batch.oldestWaitMs);
    return oldest;
  }

  private async acceptBatch(sale: SaleRef, commands: ReserveCommand[], keepUntil: KeepUntil): Promise<TakenIn[]> {
    const journalled = await this.journalledBefore(sale, commands);
    const fresh = commands.filter(({ tail }) => !journalled.has(tail));
    const accepted = await this.acceptFresh(sale, fresh, keepUntil);
    const answers = accepted.values();
    const taken = commands.map(({ tail }) =>
      journalled.has(tail) ? { kind: 'journalled' } : answers.next().value,
    ) as TakenIn[];
    this.metrics.accepted(sale, taken);
    return taken;
  }

  private async acceptFresh(sale: SaleRef, fresh: readonly ReserveCommand[], keepUntil: KeepUntil): Promise<TakenIn[]> {
    if (fresh.length === 0) return [];
    if (this.catalog.peek(sale.id)?.retiredAt) return fresh.map(() => ({ kind: 'retired' }));
    await crashPoint('accept.record');
    const accepted = await acceptRequests(this.ledger, sale, fresh);
    const undecided = fresh.filter((_, i) => isUndecided(accepted[i])).map(({ tail }) => tail);
    await crashPoint('accept.queue');
    const [first] = undecided;
    if (first !== undefined) {
      // A batch is under way until it is decided, so that those behind it gather: what a decision costs is mostly a
      // batch's (three round trips to Redis, three to Postgres, a job), and many small ones keep each other waiting.
      // Listens before the job is there: a worker may be faster than the answer of the queue.
      keepUntil(this.pace.until(this.results.next(reservationId(sale, first), DECISION_MS_MAX).change));
      await this.queue.add(sale, [...new Set(undecided)]);
    }
    await crashPoint('accept.answer');
    return accepted;
  }

  /** The copy of the sale follows its row within 0.5 s; nothing is forgotten in the first minute of its forgetting. */
  private async mayHaveForgotten(sale: SaleRef): Promise<boolean> {
    const copy = this.catalog.peek(sale.id);
    if (copy?.forgetsSince || copy?.retiredAt) return true;
    return (await this.epochs.current(sale)).epoch > 1;
  }

  /**
   * Requests that were decided and that Redis has forgotten: the journal answers for them. Asked only in a sale that was
   * rebuilt or forgets by age, once a batch, so that Postgres's load follows units and not buyers.
   */
  private async journalledBefore(sale: SaleRef, commands: readonly ReserveCommand[]): Promise<ReadonlySet<string>> {
    const keyed = commands.filter((command) => command.keyed);
    if (keyed.length === 0 || !(await this.mayHaveForgotten(sale))) return new Set();
    return this.journal.known(
      sale,
      keyed.map(({ tail }) => tail),
    );
  }
}

type KeepUntil = (over: Promise<unknown>) => void;

/** `journalled`: nothing was written; the journal has this reservation. `retired`: nothing was, and it has not. */
export type TakenIn = Accepted | { kind: 'journalled' } | { kind: 'retired' };

/** A known request that is still queued is queued again: whoever wrote it down may have died before its job was. */
function isUndecided(accepted: Accepted | undefined): boolean {
  if (!accepted || accepted.kind === 'queued') return true;
  return accepted.hold === '' ? unpackRequest(accepted.request).status === 'queued' : accepted.hold.startsWith('d');
}
