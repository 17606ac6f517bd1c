import type { BenchStores } from './bench-stores.js';
import { type BenchSale, Holdfast, WITHOUT_AUDIT } from './holdfast.js';
import { runLoad, type Sample } from './load/run-load.js';
import type { Pace } from './round.js';
import { seedHolds } from './seed.js';
import { shown } from './table.js';

/** How what a reservation costs changes with something: each point is measured on a Holdfast of its own. */
interface Point {
  readonly what: string;
  readonly measure: () => Promise<Sample>;
}

const SKU_UNITS_MAX = 1_000_000;

export class Growth {
  private measured = 0;

  constructor(
    private readonly stores: BenchStores,
    private readonly pace: Pace,
    private readonly say: (line: string) => void,
  ) {}

  /** Every series as a Markdown table. */
  async run(): Promise<string> {
    const series = {
      'holds outstanding': [1_000, 10_000, 100_000, 1_000_000].map((holds) => this.outstanding(holds)),
      'SKUs of a sale': [1, 10, 100].map((skus) => this.skus(skus)),
      'open sales': [1, 10, 50].map((sales) => this.sales(sales)),
      'requests in a batch, at most': [1, 16, 64, 256].map((most) => this.batches(most)),
      'API + worker processes': [
        ...[this.processes(['all']), this.processes(['api', 'worker'])],
        ...[2, 4].map((count) => this.processes([...roles('api', count), ...roles('worker', count)])),
      ],
    };
    const tables: string[] = [];
    for (const [name, points] of Object.entries(series)) tables.push(await this.table(name, points));
    return tables.join('\n\n');
  }

  private async table(name: string, points: readonly Point[]): Promise<string> {
    const lines = [
      `| ${name} | decided/s | p50 | p99 | application µs | Redis µs | Postgres µs |`,
      '|---|---|---|---|---|---|---|',
    ];
    for (const { what, measure } of points) {
      const { perSecond, p50Ms, p99Ms, cpu } = await measure();
      const { redis, postgres, generator: _, ...programs } = cpu;
      const own = Object.values(programs).reduce<number>((sum, micros) => sum + (micros ?? 0), 0);
      const figures = [perSecond, p50Ms, p99Ms, own, redis ?? NaN, postgres ?? NaN].map((figure) => shown(figure, ''));
      lines.push(`| ${[what, ...figures].join(' | ')} |`);
      this.say(`${name} ${what}: ${figures.join(', ')}`);
    }
    return lines.join('\n');
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

const roles = (role: string, count: number): string[] => Array<string>(count).fill(role);
