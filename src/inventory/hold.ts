import type { Ledger } from './ledger.js';
import type { SaleRef } from './sale-keys.js';

/** What hold.lua decided of one request; `hold` and `request` are records, '' where there is none. */
export interface Decision {
  readonly tail: string;
  readonly word: 'decided' | 'standing' | 'refused' | 'ended' | 'unknown';
  readonly hold: string;
  readonly request: string;
}

/** Decides a batch of queued requests under one epoch, giving back due holds first as often as there are any. */
export async function holdUnits(
  ledger: Ledger,
  sale: SaleRef,
  tails: readonly string[],
): Promise<{ epoch: number; decisions: Decision[] }> {
  for (;;) {
    const { epoch, status, values } = await ledger.run('hold', sale, [...tails]);
    if (status === 'reclaimed') continue;
    const decisions = tails.map((tail, i): Decision => {
      const [word, hold = '', request = ''] = values.slice(i * 3, i * 3 + 3);
      return { tail, word: word as Decision['word'], hold, request };
    });
    return { epoch, decisions };
  }
}
