import { Injectable } from '@nestjs/common';
import { GroupCommit } from '../platform/group-commit.js';
import { Tracing } from '../platform/tracing.js';
import { Journal } from './journal.js';
import type { JournalRow } from './journal-row.js';
import { Ledger } from './ledger.js';
import type { ReservationRef } from './reservation-ref.js';
import type { SaleRef } from './sale-keys.js';
import { type ViewedRecords, viewRecords } from './view.js';

/** Redis does nothing else while a script reads so many, for well below a millisecond. */
const READS_PER_BATCH_MAX = 128;

/**
 * Reads single reservations for many callers: those that are asked for together share one script call a sale, and one
 * statement. A crowd that asks what became of it costs the stores a round trip a batch then, and not one for each buyer.
 */
@Injectable()
export class ReadTogether {
  private readonly views = new Map<string, GroupCommit<string, ViewedRecords>>();
  private readonly rows: GroupCommit<string, JournalRow | null>;

  constructor(
    private readonly ledger: Ledger,
    private readonly tracing: Tracing,
    journal: Journal,
  ) {
    this.rows = new GroupCommit({
      runBatch: (ids) => journal.findEach(ids),
      itemsMax: READS_PER_BATCH_MAX,
      traced: tracing.batch('read rows'),
    });
  }

  /** The records in Redis, as they are after the call. Throws what the ledger throws. */
  view({ sale, tail }: ReservationRef): Promise<ViewedRecords> {
    return this.viewsOf(sale).add(tail);
  }

  /** The row of the journal, as it is after the call. Throws what pg throws. */
  row(id: string): Promise<JournalRow | null> {
    return this.rows.add(id);
  }

  private viewsOf(sale: SaleRef): GroupCommit<string, ViewedRecords> {
    const known = this.views.get(sale.key);
    if (known) return known;
    const views = new GroupCommit<string, ViewedRecords>({
      runBatch: (tails) => viewRecords(this.ledger, sale, tails),
      itemsMax: READS_PER_BATCH_MAX,
      traced: this.tracing.batch('view records'),
    });
    this.views.set(sale.key, views);
    return views;
  }
}
