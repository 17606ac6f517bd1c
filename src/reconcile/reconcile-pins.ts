import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { EpochOver } from '../inventory/in-epoch.js';
import { Journal } from '../inventory/journal.js';
import { Ledger } from '../inventory/ledger.js';
import { Pins } from '../inventory/pins.js';
import { type HoldRecord, unpackHold } from '../inventory/records.js';
import { reservationId } from '../inventory/reservation-ref.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { settleHolds } from '../inventory/settle.js';
import { voidHolds } from '../inventory/void.js';
import { Config } from '../platform/config.js';
import { Problem } from '../problems.js';

const PINS_PER_RUN = 500;

interface Pinned {
  readonly tail: string;
  readonly hold: HoldRecord;
}

/**
 * Finishes pins whose process died between Redis and Postgres: completes the pin where the row is still held, and gives
 * the units back where the row has ended, or counts them as sold where it is confirmed.
 */
@Injectable()
export class ReconcilePins {
  constructor(
    private readonly pins: Pins,
    private readonly journal: Journal,
    private readonly ledger: Ledger,
    private readonly config: Config,
  ) {}

  /** Returns how many pins it looked at. */
  async runOnce(sale: SaleRef): Promise<number> {
    try {
      const { epoch, pins } = await this.pins.olderThan(sale, this.config.pinGraceMs, PINS_PER_RUN);
      if (pins.length === 0) return 0;
      for (const { tail, hold } of await this.unfinished(sale, pins)) await this.finish(sale, epoch, tail, hold);
      await crashPoint('pins.forget');
      await this.pins.forget(
        sale,
        epoch,
        pins.map(({ tail }) => tail),
      );
      return pins.length;
    } catch (error) {
      const later = error instanceof EpochOver || (error instanceof Problem && error.code === 'store-unavailable');
      if (!later) throw error;
      return 0;
    }
  }

  /** One read for all: every payment that takes longer than the grace comes by here, and next to none has work left. */
  private async unfinished(sale: SaleRef, pins: readonly { tail: string; hold: string }[]): Promise<Pinned[]> {
    const pinned = pins
      .filter(({ hold }) => hold !== '')
      .map(({ tail, hold }) => ({ tail, hold: unpackHold(hold) }))
      .filter(({ hold }) => hold.state === 'checkout');
    const journalled = await this.journal.pinned(
      sale,
      pinned.map(({ tail, hold: { version } }) => ({ tail, version })),
    );
    return pinned.filter(({ tail }) => !journalled.has(tail));
  }

  private async finish(sale: SaleRef, epoch: number, tail: string, hold: HoldRecord): Promise<void> {
    await crashPoint('pins.complete');
    if (await this.journal.pin(sale, epoch, tail, hold)) return;
    const row = await this.journal.find(reservationId(sale, tail));
    if (row?.status === 'confirmed') {
      await crashPoint('pins.settle');
      await settleHolds(this.ledger, sale, [{ tail, version: row.version }]);
    }
    if (row?.status === 'released' || row?.status === 'expired') {
      const version = Math.max(row.version, hold.version + 1);
      await crashPoint('pins.void');
      await voidHolds(this.ledger, sale, [{ tail, status: row.status, version }]);
    }
  }
}
