import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Card } from './payment.view.js';

const USUAL_MS = 700;
const SLOW_MS = 8_000;

export interface Charge {
  readonly card: Card;
  /** Resolves when the window for this payment is over. */
  readonly windowOver: () => Promise<void>;
  readonly stop: AbortSignal;
}

/** Stands where a payment provider stands: takes its time, and money that nobody has. */
@Injectable()
export class PretendProvider {
  /** Whether the money was taken. Rejects when it is stopped. */
  async charge({ card, windowOver, stop }: Charge): Promise<boolean> {
    await sleep(card === 'slow' ? SLOW_MS : USUAL_MS, undefined, { signal: stop });
    if (card === 'late') await windowOver();
    return card !== 'fails';
  }
}
