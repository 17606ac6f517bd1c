import type { BenchStores } from './bench-stores.js';
import { type BenchSale, Holdfast, WITHOUT_AUDIT } from './holdfast.js';
import { runLoad, type Sample } from './load/run-load.js';
import type { Pace } from './round.js';
import { seedHolds } from './seed.js';
import { medianOf, shown } from './table.js';

/** How what a reservation costs changes with something: each point is measured on a Holdfast of its own. */
interface Point {
  readonly what: string;
  readonly measure: () => Promise<Sample>;
}

interface Series {
  readonly title: string;
  readonly points: readonly Point[];
}

const SKU_UNITS_MAX = 1_000_000;
const FIGURES = ['decided/s', 'p50 ms', 'p99 ms', 'application µs', 'Redis µs', 'Postgres µs'] as const;

export class Growth {
  private measured = 0;

  constructor(
    private readonly stores: BenchStores,
    private readonly pace: Pace,
    private readonly say: (line: string) => void,
  ) {}

  /** Every series as a Markdown table, or those of these names. */
  async run(only: readonly string[]): Promise<string> {
    const series = this.series();
    const unknown = only.filter((name) => !Object.hasOwn(series, name));
    if (unknown.length > 0)
      throw new Error(`nothing grows by ${unknown.join(', ')}; there are ${Object.keys(series).join(', ')}`);
    const tables: string[] = [];
    for (const [name, { title, points }] of Object.entries(series))
      if (only.length === 0 || only.includes(name)) tables.push(await this.table(title, points));
    return tables.join('\n\n');
  }

  private series(): Record<string, Series> {
    const processes = [2, 4].map((count) => this.processes([...roles('api', count), ...roles('worker', count)]));
    return {
      holds: {
        title: 'holds outstanding',
        points: [1_000, 10_000, 100_000, 1_000_000].map((holds) => this.outstanding(holds)),
      },
      skus: { title: 'SKUs of a sale', points: [1, 10, 100].map((skus) => this.skus(skus)) },
      sales: { title: 'open sales', points: [1, 10, 50].map((sales) => this.sales(sales)) },
      batches: {
        title: 'requests in a batch, at most',
        points: [1, 16, 64, 256].map((most) => this.batches(most)),
      },
      processes: {
        title: 'API + worker processes',
        points: [this.processes(['all']), this.processes(['api', 'worker']), ...processes],
      },
    };
  }

  /** Each point in every round, one after the other; medians of the rounds. */
  private async table(title: string, points: readonly Point[]): Promise<string> {
    const measured = new Map(points.map((point) => [point, [] as number[][]]));
    for (let round = 1; round <= this.pace.rounds; round++)
      for (const point of points) {
        const figures = figuresOf(await point.measure());
        measured.get(point)?.push(figures);
        this.say(`${title} ${point.what}: ${figures.map((figure) => shown(figure, '')).join(', ')}`);
      }
    const lines = points.map((point) => {
      const rounds = measured.get(point) ?? [];
      const medians = FIGURES.map((_, i) => shown(medianOf(rounds.map((figures) => figures[i] ?? NaN)), ''));
      return `| ${[point.what, ...medians].join(' | ')} |`;
    });
    return [`| ${[title, ...FIGURES].join(' | ')} |`, `|${'---|'.repeat(FIGURES.length + 1)}`, ...lines].join('\n');
  }

  private outstanding(holds: number): Point {
    return this.point(holds.toLocaleString('en'), ['all'], WITHOUT_AUDIT, async (holdfast) => {
      const sale = await holdfast.sell({ skus: [SKU_UNITS_MAX, SKU_UNITS_MAX] });
      await seedHolds(this.stores, holdfast, sale, { count: holds, status: 'held', ordinal: 1 });
      return [holdfast.reserve(sale, 1)];
    });
  }

  private skus(count: number): Point {
    return this.point(String(count), ['all'], {}, async (holdfast) => {
      const sale = await holdfast.sell({ skus: Array<number>(count).fill(SKU_UNITS_MAX / 10) });
      return sale.skuIds.map((_, line) => holdfast.reserve(sale, line));
    });
  }

  private sales(count: number): Point {
    return this.point(String(count), ['all'], {}, async (holdfast) => {
      const sales: BenchSale[] = [];
      for (let i = 0; i < count; i++) sales.push(await holdfast.sell({ skus: [SKU_UNITS_MAX] }));
      return sales.map((sale) => holdfast.reserve(sale));
    });
  }

  private batches(most: number): Point {
    const env = { BATCH_COMMANDS_MAX: String(most) };
    return this.point(String(most), ['all'], env, async (holdfast) => [holdfast.reserve(await holdfast.sell())]);
  }

  private processes(started: readonly string[]): Point {
    const count = (role: string): number => started.filter((each) => each === role).length;
    const what = started[0] === 'all' ? 'one for both' : `${count('api')} + ${count('worker')}`;
    return this.point(what, started, {}, async (holdfast) => [holdfast.reserve(await holdfast.sell())]);
  }

  private point(
    what: string,
    started: readonly string[],
    env: NodeJS.ProcessEnv,
    requests: (holdfast: Holdfast) => Promise<ReturnType<Holdfast['reserve']>[]>,
  ): Point {
    const measure = async (): Promise<Sample> => {
      const holdfast = await Holdfast.start(this.stores, `growth-${++this.measured}`, started, env);
      try {
        const [first, ...others] = await requests(holdfast);
        if (!first) throw new Error('no request');
        const morePorts = holdfast.programs.filter((_, i) => i > 0 && started[i] !== 'worker').map(({ port }) => port);
        const { warmSeconds, seconds, connections } = this.pace;
        const plan = { ...first, others, morePorts, warmSeconds, seconds, connections, firstNumber: 0 };
        return await runLoad(this.stores, holdfast.programs, plan);
      } finally {
        await holdfast.stop();
      }
    };
    return { what, measure };
  }
}

/** In the order of FIGURES; every program of ours together. */
function figuresOf({ perSecond, p50Ms, p99Ms, cpu }: Sample): number[] {
  const { redis, postgres, generator: _, ...programs } = cpu;
  const own = Object.values(programs).reduce<number>((sum, micros) => sum + (micros ?? 0), 0);
  return [perSecond, p50Ms, p99Ms, own, redis ?? NaN, postgres ?? NaN];
}

const roles = (role: string, count: number): string[] => Array<string>(count).fill(role);
