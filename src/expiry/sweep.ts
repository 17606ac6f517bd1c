import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { EndedHolds, type ExtendedInRedis } from '../inventory/ended-holds.js';
import { expireHolds, rejectOverdue } from '../inventory/expire.js';
import { EpochOver } from '../inventory/in-epoch.js';
import { Journal } from '../inventory/journal.js';
import { Ledger } from '../inventory/ledger.js';
import { unpackHold } from '../inventory/records.js';
import { reservationId } from '../inventory/reservation-ref.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { viewRecords } from '../inventory/view.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { ReserveQueue } from '../reservations/reserve.queue.js';
import { ResultChannel } from '../reservations/result-channel.js';
import { SweepMetrics } from './sweep-metrics.js';

/**
 * Holds in one script call: buyers wait 4 ms for it, and have their turn while its answer is on its way. The script alone
 * makes writes beside it take 2.1 times as long; 100 a call 1.7 times, and a sweep half as long again; 300 a call 2.2 times.
 */
const HOLDS_PER_CHUNK = 200;
const CHUNKS_PER_RUN = 100;
/** In one statement. */
const ROWS_PER_CHUNK = 500;
const TAILS_PER_JOB = 256;

export interface Swept {
  expired: number;
  rejected: number;
  journalled: number;
}

/** Gives back what is due in a sale, ends what waited too long, and journals both. */
@Injectable()
export class Sweep {
  constructor(
    private readonly ledger: Ledger,
    private readonly journal: Journal,
    private readonly ended: EndedHolds,
    private readonly queue: ReserveQueue,
    private readonly results: ResultChannel,
    private readonly postgres: Postgres,
    private readonly metrics: SweepMetrics,
  ) {}

  /** All of it, one after the other. A sale whose state is out of reach is left for the next run of each. */
  async runOnce(sale: SaleRef): Promise<Swept> {
    const expired = await this.giveBack(sale);
    const rejected = await this.endOverdue(sale);
    return { expired, rejected, journalled: await this.journalEnded(sale) };
  }

  /** What is due goes back on sale: one bounded run. Returns how many holds that were. */
  async giveBack(sale: SaleRef): Promise<number> {
    const began = performance.now();
    const expired = await orLater(() => this.expire(sale));
    this.metrics.ran(performance.now() - began);
    return expired;
  }

  /** Requests whose job is gone are queued again; those that nobody decided in time are refused. Returns how many were. */
  async endOverdue(sale: SaleRef): Promise<number> {
    return orLater(async () => {
      await crashPoint('sweep.reject');
      const overdue = await rejectOverdue(this.ledger, sale, HOLDS_PER_CHUNK);
      this.metrics.overdue(sale, overdue);
      const { rejected, stranded } = overdue;
      await this.tell(sale, rejected);
      for (let at = 0; at < stranded.length; at += TAILS_PER_JOB) {
        await crashPoint('sweep.queue');
        await this.queue.add(sale, stranded.slice(at, at + TAILS_PER_JOB));
      }
      return rejected.length;
    });
  }

  /** Until little is left to write, or so much was written that it is time for another look at the epoch. */
  async journalEnded(sale: SaleRef): Promise<number> {
    return orLater(async () => {
      let journalled = 0;
      for (let chunk = 0; chunk < CHUNKS_PER_RUN && this.postgres.isUp(); chunk++) {
        const written = await this.journalChunk(sale);
        journalled += written;
        if (written < ROWS_PER_CHUNK / 2) break;
      }
      return journalled;
    });
  }

  private async expire(sale: SaleRef): Promise<number> {
    let expired = 0;
    for (let chunk = 0; chunk < CHUNKS_PER_RUN; chunk++) {
      await crashPoint('sweep.expire');
      const chunkOf = await expireHolds(this.ledger, sale, HOLDS_PER_CHUNK);
      this.metrics.expired(chunkOf);
      const { tails } = chunkOf;
      expired += tails.length;
      await this.tell(sale, tails);
      if (tails.length < HOLDS_PER_CHUNK) break;
    }
    return expired;
  }

  private async journalChunk(sale: SaleRef): Promise<number> {
    const { epoch, ended, extended } = await this.ended.read(sale, ROWS_PER_CHUNK);
    if (ended.length + extended.length === 0) return 0;
    if (ended.length > 0) {
      await crashPoint('sweep.end');
      await this.journal.end(sale, epoch, ended);
    }
    const written = await this.journalExtensions(sale, epoch, extended);
    await crashPoint('sweep.forget');
    await this.ended.forget(sale, { epoch, ended, extended: written });
    return ended.length + written.length;
  }

  /**
   * Written by whoever asked, as a rule; what a hold is now is what the row must say. Returns those that are done with:
   * one that was prolonged again since has a newer note, which tells who did.
   */
  private async journalExtensions(
    sale: SaleRef,
    epoch: number,
    extended: readonly ExtendedInRedis[],
  ): Promise<ExtendedInRedis[]> {
    if (extended.length === 0) return [];
    const tails = extended.map(({ tail }) => tail);
    const records = await viewRecords(this.ledger, sale, tails);
    const written: ExtendedInRedis[] = [];
    for (const [i, each] of extended.entries()) {
      const text = records[i]?.hold ?? '';
      const hold = text === '' ? null : unpackHold(text);
      if (hold?.state === 'held') {
        if (hold.version > each.version) continue;
        await crashPoint('sweep.extend');
        await this.journal.extend(sale, epoch, each.tail, hold, each.by);
      }
      written.push(each);
    }
    return written;
  }

  private tell(sale: SaleRef, tails: readonly string[]): Promise<void> {
    return this.results.publish(tails.map((tail) => ({ id: reservationId(sale, tail), kind: 'changed', record: '' })));
  }
}

/** 0 where the sale's state, or a store, is out of reach. */
async function orLater(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    const later = error instanceof EpochOver || (error instanceof Problem && error.code === 'store-unavailable');
    if (!later) throw error;
    return 0;
  }
}
