import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { announceHolds } from '../inventory/announce.js';
import { type Decision, holdUnits } from '../inventory/hold.js';
import { EndedHolds } from '../inventory/ended-holds.js';
import { EpochOver } from '../inventory/in-epoch.js';
import { type EndedInRedis, Journal, type JournalledHold, type JournalWord } from '../inventory/journal.js';
import { Ledger } from '../inventory/ledger.js';
import { unpackHold, unpackRequest } from '../inventory/records.js';
import { reservationId } from '../inventory/reservation-ref.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { type UndoneHold, undoHolds } from '../inventory/undo.js';
import { viewRecords } from '../inventory/view.js';
import { Log } from '../platform/logging.js';
import { codeOf, Postgres, postgresUnavailable } from '../platform/postgres.js';
import { ReserveMetrics } from './reserve-metrics.js';
import { type ReservationChange, ResultChannel } from './result-channel.js';

/**
 * Decides a batch: hold in Redis, journal in Postgres, announce in Redis, tell who waits. Every step may be repeated;
 * the same batch run again meets the same units. Throws when a store is out of reach or the epoch ended under it.
 */
@Injectable()
export class ReserveBatchRunner {
  constructor(
    private readonly ledger: Ledger,
    private readonly journal: Journal,
    private readonly notes: EndedHolds,
    private readonly postgres: Postgres,
    private readonly results: ResultChannel,
    private readonly log: Log,
    private readonly metrics: ReserveMetrics,
  ) {}

  async run(sale: SaleRef, tails: readonly string[]): Promise<void> {
    // Holds that could not be journalled would only be taken from other buyers.
    if (!this.postgres.isUp()) throw postgresUnavailable();
    await crashPoint('hold.decide');
    const { epoch, decisions } = await holdUnits(this.ledger, sale, tails);
    await this.results.publish(decisions.flatMap((decision) => changeOf(sale, decision)));
    this.metrics.decided(sale, decisions);
    this.logRefusals(sale, decisions);
    const decided = decisions.filter(({ word }) => word === 'decided').map(asHold);
    if (decided.length > 0) await this.journalAndAnnounce(sale, epoch, decided);
  }

  private async journalAndAnnounce(sale: SaleRef, epoch: number, decided: DecidedHold[]): Promise<void> {
    await crashPoint('hold.journal');
    const words = await this.journalTogether(sale, epoch, decided);
    const refused = decided.flatMap(({ tail, hold }, i) => undoOf(tail, hold.version, words[i]));
    if (refused.length > 0) {
      await crashPoint('hold.undo');
      await undoHolds(this.ledger, sale, epoch, refused);
    }
    const journalled = decided.filter((_, i) => words[i] === 'journalled');
    await crashPoint('hold.announce');
    const announced = await announceHolds(
      this.ledger,
      sale,
      epoch,
      journalled.map(({ tail, hold }) => ({ tail, version: hold.version })),
    );
    if (announced.includes('epoch-over')) throw new EpochOver(sale);
    const gone = journalled.filter((_, i) => announced[i] === 'gone');
    if (gone.length > 0) await this.endGone(sale, epoch, gone);
    this.metrics.undid(sale, refused);
    this.metrics.announced(
      sale,
      journalled.filter((_, i) => announced[i] === 'held'),
    );
    await crashPoint('hold.tell');
    await this.results.publish([
      ...journalled.map(({ tail, text }, i) => tellHeld(sale, tail, announced[i] === 'held' ? text : '')),
      ...refused.map(({ tail }) => tellHeld(sale, tail, '')),
    ]);
  }

  /** Released or expired before its row was there: whoever ended it found nothing to write. */
  private async endGone(sale: SaleRef, epoch: number, gone: readonly DecidedHold[]): Promise<void> {
    const tails = gone.map(({ tail }) => tail);
    const [notes, viewed] = [await this.notes.of(sale, epoch, tails), await viewRecords(this.ledger, sale, tails)];
    const ended = gone.map(({ tail, hold }, i): EndedInRedis => {
      // A sweep may have found no row to write it to, and have forgotten the note.
      if (notes[i]) return notes[i];
      const { request = '', now = hold.expiresAt } = viewed[i] ?? {};
      const status = request !== '' && unpackRequest(request).status === 'released' ? 'released' : 'expired';
      return { tail, status, version: hold.version + 1, endedAt: now };
    });
    await crashPoint('hold.end');
    await this.journal.end(sale, epoch, ended);
  }

  /** A hold that Postgres cannot store is refused alone: it must not keep its neighbours waiting. */
  private async journalTogether(sale: SaleRef, epoch: number, decided: DecidedHold[]): Promise<HoldWord[]> {
    try {
      return await this.journal.insert(sale, epoch, decided);
    } catch (error) {
      if (!UNSTORABLE.test(codeOf(error))) throw error;
      if (decided.length > 1) {
        const words: HoldWord[] = [];
        for (const hold of decided) words.push(...(await this.journalTogether(sale, epoch, [hold])));
        return words;
      }
      this.log.root.error({ err: error, tail: decided[0]?.tail }, 'a hold cannot be journalled, and is refused');
      return ['unstorable'];
    }
  }

  /** The line that says why; the request's own id ties it to the request that was answered elsewhere. */
  private logRefusals(sale: SaleRef, decisions: readonly Decision[]): void {
    const log = this.log.root;
    if (!log.isLevelEnabled('debug')) return;
    for (const { tail, word, request } of decisions) {
      const requestId = request === '' ? undefined : unpackRequest(request).requestId;
      const rejection = word === 'refused' ? unpackRequest(request).rejection : undefined;
      log.debug({ requestId, reservationId: reservationId(sale, tail), decision: word, rejection }, 'decided');
    }
  }
}

/** SQLSTATE classes of values that a column cannot take or a constraint refuses: trying again changes nothing. */
const UNSTORABLE = /^2[23]/;

/** What the journal made of a hold; `unstorable`: it would fail again and again. */
type HoldWord = JournalWord | 'unstorable';

type DecidedHold = JournalledHold & { text: string };

function asHold({ tail, hold, request }: Decision): DecidedHold {
  const record = unpackHold(hold);
  // A request record that went with Redis leaves its hold without the caller's words; the units count all the same.
  const asked =
    request === ''
      ? { mode: 'all' as const, fingerprint: '', queuedAt: record.heldAt, metadata: null }
      : unpackRequest(request);
  return { tail, hold: record, request: asked, text: hold };
}

const WHY_UNDONE = { other: 'row', overdue: 'queue-timeout', unstorable: 'internal' } as const;

function undoOf(tail: string, version: number, word: HoldWord | undefined): UndoneHold[] {
  if (word === 'journalled') return [];
  return [{ tail, version, why: WHY_UNDONE[word ?? 'unstorable'] }];
}

function changeOf(sale: SaleRef, { tail, word, request, hold }: Decision): ReservationChange[] {
  const id = reservationId(sale, tail);
  if (word === 'refused') return [{ id, kind: 'refused', record: request }];
  if (word === 'standing') return [{ id, kind: 'held', record: hold }];
  return word === 'decided' ? [] : [{ id, kind: 'changed', record: '' }];
}

/** A hold is told as announced, though the record that was decided still says decided. */
function tellHeld(sale: SaleRef, tail: string, text: string): ReservationChange {
  const id = reservationId(sale, tail);
  return text === '' ? { id, kind: 'changed', record: '' } : { id, kind: 'held', record: `h${text.slice(1)}` };
}
