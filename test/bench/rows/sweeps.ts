import type { BenchSale, Holdfast } from '../holdfast.js';
import { Once } from '../once.js';
import { after } from '../program.js';
import type { Arena, Round } from '../round.js';
import { countsOf, seedHolds } from '../seed.js';
import { atMost, type Row } from './row.js';

const HOLDS = { tiny: 200, full: 100_000 };
const CONCURRENT_PER_SECOND = 300;
const LOOK_MS = 25;
/** For the rows and the rebuild; and the load begins this long before the holds are due. */
const SEED_SECONDS = 45;
const LEAD_SECONDS = 1;

interface Swept {
  readonly seconds: number;
  readonly p99Ratio: number;
}

/** Holds of one sale that all end at one moment, while another sale goes on selling. */
async function measureSweep({ arena }: Round): Promise<Swept> {
  const holdfast = await arena.holdfast();
  const [sale, other] = [await holdfast.sell(), await holdfast.sell()];
  const count = HOLDS[arena.pace.tiny ? 'tiny' : 'full'];
  const expiresInSeconds = arena.pace.tiny ? 6 : SEED_SECONDS;
  const quiet = await concurrentP99(arena, holdfast, other, 'quiet');
  const dueAt = performance.now() + expiresInSeconds * 1_000;
  await seedHolds(arena.stores, holdfast, sale, { count, status: 'held', expiresInSeconds });
  await after(Math.max(0, dueAt - performance.now() - LEAD_SECONDS * 1_000));
  const gone = untilGone(holdfast, sale);
  const during = await concurrentP99(arena, holdfast, other, 'during the sweep');
  return { seconds: ((await gone) - dueAt) / 1_000, p99Ratio: during / quiet };
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
