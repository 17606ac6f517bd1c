import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchRedis } from './bench-redis.js';
import { collect, installGlobals, restoreMocks, type Suite } from './collect.js';
import { KeptHarness } from './kept-harness.js';
import { type Mutant, mutate } from './mutants.js';
import { runTests } from './run-tests.js';
import { REACHED_KEY, traced } from './trace.js';

/** Test files in the order in which to run them, each with the tests that reach the mutant. */
export interface Attempt {
  readonly spec: string;
  /** Names, each with how long the test takes when it passes. */
  readonly tests: readonly (readonly [string, number])[];
}

export type Order =
  | { kind: 'baseline'; spec: string; scripts: readonly string[] }
  | { kind: 'try'; mutant: Mutant; attempts: readonly Attempt[] }
  | { kind: 'stop' };

export interface BaselineTest {
  spec: string;
  name: string;
  ms: number;
  reached: string[];
}

export type Report =
  | { kind: 'ready' }
  | { kind: 'baseline'; tests: BaselineTest[]; failure: string | null }
  | { kind: 'tried'; killedBy: { spec: string; name: string } | null; ms: number; unclean: boolean };

/** One bench: code of its own, whose scripts are changed on disk; a Redis of its own; test files that stay loaded. */
class Worker {
  private readonly suites = new Map<string, Suite>();
  private readonly harness = new KeptHarness();

  constructor(
    private readonly code: string,
    private readonly redis: BenchRedis,
  ) {
    this.harness.install();
  }

  private async suite(spec: string): Promise<Suite> {
    const known = this.suites.get(spec) ?? (await collect(join(this.code, spec.replace(/\.ts$/, '.js'))));
    this.suites.set(spec, known);
    return known;
  }

  private read = (script: string): string => readFileSync(this.original(script), 'utf8');
  private original = (script: string): string => join(this.code, '../lua', script);
  private used = (script: string): string => join(this.code, 'src/inventory/lua', script);

  /** Every test on the scripts as they are: all must pass, and each says which statements it reaches. */
  async baseline(spec: string, scripts: readonly string[]): Promise<Report> {
    for (const script of scripts) writeFileSync(this.used(script), traced(script, this.read(script)));
    const [tests, before]: [BaselineTest[], Map<string, string[]>] = [[], new Map()];
    await this.redis.empty();
    const { failed, error } = await runTests(await this.suite(spec), null, {
      onSuite: async (names) => {
        const reached = await this.redis.takeReached(REACHED_KEY);
        for (const name of names) before.set(name, [...(before.get(name) ?? []), ...reached]);
      },
      onTest: async (name, ms) => {
        const reached = await this.redis.takeReached(REACHED_KEY);
        tests.push({ spec, name, ms, reached: [...new Set([...(before.get(name) ?? []), ...reached])] });
      },
    });
    restoreMocks();
    for (const script of scripts) copyFileSync(this.original(script), this.used(script));
    return { kind: 'baseline', tests, failure: failed === null ? null : `${spec}: ${failed}: ${String(error)}` };
  }

  async try(mutant: Mutant, attempts: readonly Attempt[]): Promise<Report> {
    const began = performance.now();
    writeFileSync(this.used(mutant.file), mutate(this.read(mutant.file), mutant));
    let [killedBy, unclean]: [{ spec: string; name: string } | null, boolean] = [null, false];
    for (const { spec, tests } of attempts) {
      const outcome = await runTests(await this.suite(spec), new Map(tests), { onFailure: () => this.redis.mend() });
      restoreMocks();
      if (outcome.unclean) this.harness.forget();
      unclean ||= outcome.unclean;
      if (outcome.failed === null) continue;
      killedBy = { spec, name: outcome.failed };
      break;
    }
    copyFileSync(this.original(mutant.file), this.used(mutant.file));
    await this.redis.mend();
    await this.redis.empty();
    return { kind: 'tried', killedBy, ms: performance.now() - began, unclean };
  }
}

async function main(code: string, directory: string): Promise<void> {
  const redis = await BenchRedis.start(directory);
  process.env['TEST_REDIS_URL'] = redis.url;
  const worker = new Worker(code, redis);
  installGlobals();
  const say = (report: Report): void => void process.send?.(report);
  process.on('message', (order: Order) => {
    if (order.kind === 'stop') return void redis.stop().finally(() => process.exit(0));
    const { kind } = order;
    const work =
      kind === 'baseline' ? worker.baseline(order.spec, order.scripts) : worker.try(order.mutant, order.attempts);
    work.then(say, (error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  });
  // A command of a script that was stopped may fail long after its test.
  process.on('unhandledRejection', () => undefined);
  process.on('uncaughtException', () => undefined);
  // Who started it says when to stop: a terminal tells everybody at once.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
  process.on('disconnect', () => void redis.stop().finally(() => process.exit(1)));
  say({ kind: 'ready' });
}

await main(process.argv[2] ?? '', process.argv[3] ?? '');
