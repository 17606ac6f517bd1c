import { Injectable } from '@nestjs/common';
import { Metrics } from '../platform/metrics.js';
import type { StaleReason } from './stale-reason.js';

/** How often Redis was built anew from Postgres, why, and how long a sale waited for it. */
@Injectable()
export class RebuildMetrics {
  private readonly rebuilds;
  private readonly duration;
  private readonly pins;

  constructor(metrics: Metrics) {
    this.rebuilds = metrics.counter(
      'holdfast_rebuilds_total',
      'Rebuilds of a sale begun here, by reason and outcome; not-needed: another process was first.',
      ['reason', 'outcome'],
    );
    this.duration = metrics.durations('holdfast_rebuild_duration_seconds', 'One rebuild of one sale.').of();
    this.pins = metrics.counter(
      'holdfast_reconciled_pins_total',
      'Pins looked at because nobody finished them in time.',
    );
  }

  /** Counts one rebuild by what came of it. */
  async rebuild(reason: StaleReason | 'repair', run: () => Promise<boolean>): Promise<boolean> {
    const began = performance.now();
    let outcome = 'failed';
    try {
      const rebuilt = await run();
      outcome = rebuilt ? 'rebuilt' : 'not-needed';
      return rebuilt;
    } finally {
      this.rebuilds.inc({ reason, outcome });
      if (outcome === 'rebuilt') this.duration.observe((performance.now() - began) / 1_000);
    }
  }

  reconciled(pins: number): void {
    this.pins.inc(pins);
  }
}
