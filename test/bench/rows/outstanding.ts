import { onRedis } from '../bench-stores.js';
import { type BenchSale, Holdfast, WITHOUT_AUDIT } from '../holdfast.js';
import { runLoad, type Sample } from '../load/run-load.js';
import { Once } from '../once.js';
import { untilAtRest } from '../rest.js';
import { type Arena, describe } from '../round.js';
import { countsOf, seedHolds } from '../seed.js';
import { atMost, type Row } from './row.js';

const FEW = 1_000;
/** A SKU has a million units at most: the rest of the holds is of a second one, which the crowd goes on to buy. */
const MANY: Record<'full' | 'quick' | 'tiny', readonly [number, number]> = {
  full: [999_000, 1_000],
  quick: [99_000, 1_000],
  tiny: [1_000, 1_000],
};

/**
 * On a Holdfast of its own, which is gone afterwards: what it has to carry would be beside every other row. Once a run,
 * since a million holds take minutes to be there.
 */
async function measureOutstanding({ stores, pace, say }: Arena): Promise<number> {
  const holdfast = await Holdfast.start(stores, 'outstanding', ['all'], WITHOUT_AUDIT);
  try {
    const [first, second] = MANY[pace.tiny ? 'tiny' : pace.rounds > 1 ? 'full' : 'quick'];
    const few = await holdfast.sell({ skus: [1_000, 1_000_000] });
    await seedHolds(stores, holdfast, few, { count: FEW, status: 'held', ordinal: 2 });
    const many = await holdfast.sell({ skus: [1_000_000, 1_000_000] });
    await seedHolds(stores, holdfast, many, { count: second, status: 'held', ordinal: 2 });
    await seedHolds(stores, holdfast, many, { count: first, status: 'held', ordinal: 1 });
    say(`holds outstanding: ${FEW} and ${first + second}`);
    let firstNumber = 0;
    const cost = async (label: string, sale: BenchSale): Promise<number> => {
      await untilAtRest(stores, holdfast.programs);
      const { warmSeconds, seconds, connections } = pace;
      const plan = { ...holdfast.reserve(sale, 1), warmSeconds, seconds, connections, firstNumber };
      const sample = await runLoad(stores, holdfast.programs, plan);
      firstNumber += sample.used;
      say(`${label}: ${describe(sample)}`);
      return costOf(sample);
    };
    await cost('for warmth', few);
    const atFew = await cost('holds beside few', few);
    return (await cost('holds beside many', many)) / atFew;
  } finally {
    await holdfast.stop();
  }
}

const outstanding = new Once(measureOutstanding);

const costOf = ({ cpu }: Sample): number => {
  const { generator: _, ...spent } = cpu;
  return Object.values(spent).reduce<number>((sum, micros) => sum + (micros ?? 0), 0);
};

/** The bytes of all keys of a sale, for each of its holds: records of requests, holds, deadlines, counts of customers. */
async function bytesOfHolds(arena: Arena): Promise<number> {
  const holdfast = await arena.holdfast();
  const sale = await holdfast.sell();
  const load = { ...holdfast.reserve(sale), status: 201 };
  await arena.load('holds to be weighed', 'reserve', { ...load, connections: 64, warmSeconds: 0.2 });
  const { held } = await countsOf(holdfast, sale);
  const bytes = await onRedis(arena.stores.redisUrl, async (redis) => {
    let sum = 0;
    for (const key of await redis.keys(`*{${sale.key}}*`)) {
      // Units stand there whether they are held or not.
      if (!key.endsWith(':units')) sum += (await redis.memory('USAGE', key, 'SAMPLES', 0)) ?? 0;
    }
    return sum;
  });
  return bytes / held;
}

export const OUTSTANDING_ROWS: readonly Row[] = [
  {
    ...{ name: 'outstanding', figure: 'hold cost (CPU) at 1 M outstanding ÷ at 1 k, once a run; 100 k with --quick' },
    ...{ asked: '≤ 1.3', unit: '×', reached: atMost(1.3) },
    measure: ({ arena }) => outstanding.of(arena),
  },
  {
    ...{ name: 'bytes', figure: 'Redis bytes a hold, all included', asked: '≤ 340', unit: 'B', reached: atMost(340) },
    measure: ({ arena }) => bytesOfHolds(arena),
  },
];
