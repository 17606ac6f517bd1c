import type { BenchSale, Holdfast } from '../holdfast.js';
import { Once } from '../once.js';
import { after } from '../program.js';
import type { Arena, Round } from '../round.js';
import { countsOf, NotRebuilt, seedHolds } from '../seed.js';
import { atMost, type Row } from './row.js';

const HOLDS = { tiny: 200, full: 100_000 };
const CONCURRENT_PER_SECOND = 300;
const LOOK_MS = 25;
/** For the rows and the rebuild; and the load begins this long before the holds are due. */
const SEED_SECONDS = 45;
const TINY_SEED_SECONDS = 6;
const LEAD_SECONDS = 1;

interface Swept {
  readonly seconds: number;
  readonly p99Ratio: number;
}

/** Holds of one sale that all end at one moment, while another sale goes on selling. */
async function measureSweep({ arena }: Round): Promise<Swept> {
  const holdfast = await arena.holdfast();
  const other = await holdfast.sell();
  const quiet = await concurrentP99(arena, holdfast, other, 'quiet');
  const { sale, dueAt } = await seedDue(arena, holdfast, arena.pace.tiny ? TINY_SEED_SECONDS : SEED_SECONDS);
  await after(Math.max(0, dueAt - performance.now() - LEAD_SECONDS * 1_000));
  const gone = untilGone(holdfast, sale);
  const during = await concurrentP99(arena, holdfast, other, 'during the sweep');
  return { seconds: ((await gone) - dueAt) / 1_000, p99Ratio: during / quiet };
}

/** A machine that is too slow to have all of them there in time gets twice the time, twice. */
async function seedDue(
  arena: Arena,
  holdfast: Holdfast,
  expiresInSeconds: number,
  tries = 3,
): Promise<{ sale: BenchSale; dueAt: number }> {
  const sale = await holdfast.sell();
  const count = HOLDS[arena.pace.tiny ? 'tiny' : 'full'];
  const dueAt = performance.now() + expiresInSeconds * 1_000;
  try {
    await seedHolds(arena.stores, holdfast, sale, { count, status: 'held', expiresInSeconds });
    return { sale, dueAt };
  } catch (error) {
    if (!(error instanceof NotRebuilt) || tries === 1) throw error;
    arena.say(`${error.message}: once more, with ${expiresInSeconds * 2} s`);
    return seedDue(arena, holdfast, expiresInSeconds * 2, tries - 1);
  }
}

async function untilGone(holdfast: Holdfast, sale: BenchSale): Promise<number> {
  while ((await countsOf(holdfast, sale)).held > 0) await after(LOOK_MS);
  return performance.now();
}

async function concurrentP99(
  arena: Arena,
  holdfast: Holdfast,
  sale: BenchSale,
  when: 'quiet' | 'during the sweep',
): Promise<number> {
  const atOnce = when === 'during the sweep';
  const load = { ...holdfast.reserve(sale), status: 201, perSecond: CONCURRENT_PER_SECOND, atOnce };
  const pace = { connections: 64, warmSeconds: LEAD_SECONDS / 2, seconds: 3 };
  return (await arena.load(`holds ${when}`, 'reserve', { ...load, ...pace })).p99Ms;
}

const sweeps = new Once(measureSweep);

export const SWEEP_ROWS: readonly Row[] = [
  {
    ...{ name: 'sweep', figure: '100 k due holds swept', asked: '≤ 1 s', unit: 's', reached: atMost(1) },
    measure: async (round) => (await sweeps.of(round)).seconds,
  },
  {
    ...{ name: 'sweep-p99', figure: 'concurrent hold p99 ÷ quiet', asked: '≤ 2', unit: '×', reached: atMost(2) },
    measure: async (round) => (await sweeps.of(round)).p99Ratio,
  },
];
