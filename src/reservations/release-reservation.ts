import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { EndedHolds } from '../inventory/ended-holds.js';
import { Journal } from '../inventory/journal.js';
import { Ledger } from '../inventory/ledger.js';
import { unpackHold, unpackRequest } from '../inventory/records.js';
import { releaseUnits, type Released } from '../inventory/release.js';
import type { ReservationRef } from '../inventory/reservation-ref.js';
import { isPassing, Postgres, postgresUnavailable } from '../platform/postgres.js';
import { EpochOver } from '../inventory/in-epoch.js';
import { rebuilding } from '../inventory/epochs.js';
import { ResultChannel } from './result-channel.js';

/** `elsewhere`: the ledger has no hold and no open request under this id; the journal knows. */
export type ReleaseOutcome = 'released' | 'checkout' | 'over' | 'elsewhere';

/** Gives back a hold, or withdraws a queued request. */
@Injectable()
export class ReleaseReservation {
  constructor(
    private readonly ledger: Ledger,
    private readonly journal: Journal,
    private readonly ended: EndedHolds,
    private readonly postgres: Postgres,
    private readonly results: ResultChannel,
  ) {}

  /**
   * Redis first, then the journal, then the answer; a repeat is the same answer. A pinned one is left as it is
   * (`checkout`): Postgres must end it first. Throws store-unavailable; then it may have been released: repeat.
   */
  async release(ref: ReservationRef, reason: string | null): Promise<ReleaseOutcome> {
    if (!this.postgres.isUp()) throw postgresUnavailable();
    await crashPoint('release.end');
    const released = await releaseUnits(this.ledger, ref, reason);
    if (released.word === 'unknown') return 'elsewhere';
    if (released.word === 'checkout') return this.finishPin(ref, released);
    if (released.word === 'released') await this.writeRelease(ref, released, reason);
    if (released.word === 'over') return this.repeat(ref, released);
    await crashPoint('release.answer');
    await this.results.publish([{ id: ref.id, kind: 'changed', record: '' }]);
    return 'released';
  }

  /** Whoever pinned it may have died before Postgres had the pin; a void needs the row in checkout. */
  private async finishPin(ref: ReservationRef, { epoch, hold }: Released): Promise<ReleaseOutcome> {
    await crashPoint('release.pin');
    await journalled(this.journal.pin(ref.sale, epoch, ref.tail, unpackHold(hold), ref.by));
    return 'checkout';
  }

  private async writeRelease(
    ref: ReservationRef,
    { epoch, hold, request }: Released,
    reason: string | null,
  ): Promise<void> {
    const record = unpackHold(hold);
    const asked =
      request === ''
        ? { mode: 'all' as const, fingerprint: '', queuedAt: record.heldAt, metadata: null }
        : unpackRequest(request);
    await crashPoint('release.journal');
    await journalled(
      this.journal.release(ref.sale, epoch, { tail: ref.tail, hold: record, request: asked }, reason, ref.by),
    );
  }

  /**
   * The release before may have died on its way to Postgres, or be on it; nothing is answered until the row says it too,
   * in the name of who gave it back.
   */
  private async repeat(ref: ReservationRef, { epoch, request }: Released): Promise<ReleaseOutcome> {
    if (request === '') return 'over';
    const { status, version } = unpackRequest(request);
    if (status !== 'released') return 'over';
    if (version === 2) return 'released';
    const [ended] = await this.ended.of(ref.sale, epoch, [ref.tail]);
    const row = await journalled(this.journal.find(ref.id));
    if (row?.status === 'held') {
      await crashPoint('release.journal');
      const how = ended ?? { tail: ref.tail, status, version, endedAt: row.held_at.getTime(), by: ref.by };
      await journalled(this.journal.end(ref.sale, epoch, [how]));
    }
    return 'released';
  }
}

/** A journal write whose store or epoch went away under it: unknown to the caller, safe to repeat. */
export async function journalled<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof EpochOver) throw rebuilding();
    throw isPassing(error) ? postgresUnavailable() : error;
  }
}
