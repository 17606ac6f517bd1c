import { seeded } from '../e2e/crowd.js';
import type { Plan, Shape } from './plan.js';

/** How many come at each moment, in relation to each other; `x` goes from 0 to 1. */
const DENSITY: Record<Shape, (x: number) => number> = {
  spike: (x) => Math.exp(-4 * x), // most of them at once: the doors have opened
  ramp: (x) => x,
  waves: (x) => 1 - 0.9 * Math.cos(6 * Math.PI * x), // three of them
  steady: () => 1,
};

const STEPS = 2_000;
const FINE = 2 ** 31;

/**
 * When each buyer comes, in milliseconds from the opening, in order. They come independently of each other and of every
 * answer, as a crowd does: a slow service does not make them come later.
 */
export function arrivalsOf({ buyers, overSeconds, shape, seed }: Plan): Float64Array {
  const inverse = inverseOf(DENSITY[shape]);
  const dice = seeded(seed);
  const times = Float64Array.from({ length: buyers }, () => inverse(dice(FINE) / FINE) * overSeconds * 1_000);
  return times.sort();
}

/** The most arrivals of one second. */
export function busiestSecond(arrivals: Float64Array): number {
  let peak = 0;
  for (let from = 0, to = 0; to < arrivals.length; to++) {
    while ((arrivals[to] ?? 0) - (arrivals[from] ?? 0) >= 1_000) from++;
    peak = Math.max(peak, to - from + 1);
  }
  return peak;
}

/** Of a density, where so much of the whole has come. */
function inverseOf(density: (x: number) => number): (share: number) => number {
  const sums = [0];
  for (let i = 0; i < STEPS; i++) sums.push((sums[i] ?? 0) + density((i + 0.5) / STEPS));
  const total = sums[STEPS] ?? 1;
  return (share) => {
    const wanted = share * total;
    let [low, high] = [0, STEPS];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) <= wanted) low = middle;
      else high = middle;
    }
    const [before = 0, after = 1] = [sums[low], sums[high]];
    return (low + (wanted - before) / (after - before || 1)) / STEPS;
  };
}
