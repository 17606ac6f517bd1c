import type { Ledger } from './ledger.js';
import type { SaleRef } from './sale-keys.js';

export type Announced = 'held' | 'expired' | 'gone' | 'epoch-over';

/** Lets readers see journalled holds (lua/announce.lua), in the epoch that they were decided in and no other. */
export async function announceHolds(
  ledger: Ledger,
  sale: SaleRef,
  epoch: number,
  holds: readonly { tail: string; version: number }[],
): Promise<Announced[]> {
  const args = holds.flatMap(({ tail, version }) => [tail, version]);
  const { status, values } = await ledger.runInEpoch('announce', sale, epoch, args);
  if (status !== 'ok') return holds.map(() => 'epoch-over');
  return values as Announced[];
}
