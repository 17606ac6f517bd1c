import { createHash } from 'node:crypto';
import { seeded } from '../e2e/crowd.js';
import type { Mutant } from './mutants.js';

export interface Pick {
  readonly seed: number;
  /** No more than so many; all of them, unless said otherwise. */
  readonly sample?: number;
  /** The first of three: [1, 3]. */
  readonly shard?: readonly [number, number];
}

/**
 * Mutants by chance, of each script in proportion, and of each at least one: whoever stops at any place has tried a
 * random sample. The same seed is the same order.
 */
export function pickOf<T extends { mutant: Mutant }>(all: readonly T[], { seed, sample, shard = [1, 1] }: Pick): T[] {
  const files = [...new Set(all.map(({ mutant }) => mutant.file))].sort();
  const placed = files.flatMap((file) => {
    const own = shuffled(
      all.filter(({ mutant }) => mutant.file === file),
      seedOf(seed, file),
    );
    return own.map((one, at) => ({ one, place: at === 0 ? -1 : (at + 0.5) / own.length }));
  });
  const order = shuffled(placed, seed).sort((a, b) => a.place - b.place);
  return order
    .slice(0, sample)
    .filter((_, at) => at % shard[1] === shard[0] - 1)
    .map(({ one }) => one);
}

/** By the name of the script: to leave one out changes nothing of the others. */
const seedOf = (seed: number, file: string): number =>
  createHash('sha256').update(`${seed} ${file}`).digest().readInt32LE();

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const dice = seeded(seed);
  const mixed = [...list];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = dice(last + 1);
    [mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T];
  }
  return mixed;
}
