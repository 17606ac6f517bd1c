import { onRedis } from '../bench-stores.js';
import type { BenchSale } from '../holdfast.js';
import type { Sample } from '../load/run-load.js';
import { Once } from '../once.js';
import type { Arena } from '../round.js';
import { countsOf, seedHolds } from '../seed.js';
import { atMost, type Row } from './row.js';

const FEW = 1_000;
/** A SKU has a million units at most: the rest of the holds is of a second one, which the crowd goes on to buy. */
const MANY: Record<'full' | 'quick' | 'tiny', readonly [number, number]> = {
  full: [999_000, 1_000],
  quick: [99_000, 1_000],
  tiny: [1_000, 1_000],
};

interface Seeded {
  readonly few: BenchSale;
  readonly many: BenchSale;
}

async function seed(arena: Arena): Promise<Seeded> {
  const holdfast = await arena.holdfast();
  const [first, second] = MANY[arena.pace.tiny ? 'tiny' : arena.pace.rounds > 1 ? 'full' : 'quick'];
  const few = await holdfast.sell({ skus: [1_000, 1_000_000] });
  await seedHolds(arena.stores, holdfast, few, { count: FEW, status: 'held', ordinal: 2 });
  const many = await holdfast.sell({ skus: [1_000_000, 1_000_000] });
  await seedHolds(arena.stores, holdfast, many, { count: first, status: 'held', ordinal: 1 });
  await seedHolds(arena.stores, holdfast, many, { count: second, status: 'held', ordinal: 2 });
  arena.say(`holds outstanding: ${FEW} and ${first + second}`);
  return { few, many };
}

const seeded = new Once(seed);

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
    ...{ name: 'outstanding', figure: 'hold cost (CPU) at 1 M outstanding ÷ at 1 k; 100 k with --quick' },
    ...{ asked: '≤ 1.3', unit: '×', reached: atMost(1.3) },
    measure: async ({ arena }) => {
      const { few, many } = await seeded.of(arena);
      const holdfast = await arena.holdfast();
      const cost = async (label: string, sale: BenchSale): Promise<number> =>
        costOf(await arena.load(label, 'reserve', { ...holdfast.reserve(sale, 1), status: 201 }));
      const atFew = await cost('holds beside 1 k', few);
      return (await cost('holds beside many', many)) / atFew;
    },
  },
  {
    ...{ name: 'bytes', figure: 'Redis bytes a hold, all included', asked: '≤ 340', unit: 'B', reached: atMost(340) },
    measure: ({ arena }) => bytesOfHolds(arena),
  },
];
