import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBaseline } from './baseline.js';
import { Bench } from './bench.js';
import { KeptOutcomes } from './kept-outcomes.js';
import { listed } from './listed.js';
import { describeMutant, type Mutant, mutantsOf } from './mutants.js';
import { pickOf } from './pick.js';
import { Plan } from './plan.js';
import { readOptions } from './read-options.js';
import { scoreOf, summary, type Tried } from './summary.js';

const SCORE_MIN = 0.9;
const TOLD_EVERY_MS = 10_000;
const ROOT = process.env['MUTATION_DIRECTORY'] ?? '';
/** Beside the benches: these go with each run. */
const KEPT = join(ROOT, '../killed.jsonl');
const LUA = 'src/inventory/lua';

const say = (line: string): void =>
  void process.stdout.write(`${process.uptime().toFixed(1).padStart(7)} s  ${line}\n`);

/** Whoever asks a run to stop gets what it has found so far. */
const stopping = new AbortController();
const isStopped = (): boolean => stopping.signal.aborted;

function readSources(): Map<string, string> {
  const files = readdirSync(LUA, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.lua'));
  return new Map(files.sort().map((file) => [file, readFileSync(join(LUA, file), 'utf8')]));
}

/** Tries what is left, one after another, as long as there is something. */
async function work(bench: Bench, left: Mutant[], plan: Plan, done: (tried: Tried) => void): Promise<void> {
  for (let mutant = left.shift(); mutant && !isStopped(); mutant = left.shift()) {
    const attempts = plan.attemptsOn(mutant);
    if (attempts.length === 0) {
      done({ mutant, outcome: 'unreached' });
      continue;
    }
    const report = await bench.ask({ kind: 'try', mutant, attempts });
    // A bench that was told to stop dies over its mutant, which says nothing.
    if (isStopped()) return;
    const tried = report?.kind === 'tried' ? report : null;
    if (tried?.killedBy) plan.learn(mutant.file, tried.killedBy);
    // A bench that died over a mutant has noticed it.
    done({
      mutant,
      outcome: tried && !tried.killedBy ? 'survived' : 'killed',
      ms: tried?.ms,
      killedBy: tried?.killedBy,
    });
    if (tried?.unclean) await bench.stop();
  }
}

async function main(): Promise<number> {
  const { only, pick, resume, benches: count } = readOptions(process.argv.slice(2));
  const sources = readSources();
  const sourceOf = ({ file }: Mutant): string => sources.get(file) ?? '';
  const kept = new KeptOutcomes(KEPT, resume);
  const all = [...sources].flatMap(([file, text]) => mutantsOf(file, text).map((mutant) => ({ mutant })));
  const wanted = pickOf(
    all.filter(({ mutant }) => mutant.file.includes(only)),
    pick,
  ).map(({ mutant }) => mutant);
  const tried = wanted.flatMap((mutant): Tried[] => {
    if (listed(mutant, sourceOf(mutant))) return [{ mutant, outcome: 'equivalent' }];
    return kept.wasKilled(mutant, sourceOf(mutant)) ? [{ mutant, outcome: 'killed' }] : [];
  });
  const known = new Set(tried.map(({ mutant }) => mutant));
  const left = wanted.filter((mutant) => !known.has(mutant));
  const benches = Array.from({ length: count }, (_, i) => new Bench(ROOT, i));
  const stop = (): void => {
    if (isStopped()) return;
    stopping.abort();
    say('stopping; what was found so far:');
    for (const bench of benches) void bench.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  let toldAt = -TOLD_EVERY_MS;
  const done = (one: Tried): void => {
    tried.push(one);
    if (one.outcome === 'killed') kept.keep(one.mutant, sourceOf(one.mutant));
    else say(`${one.outcome}: ${describeMutant(one.mutant)}`);
    if (performance.now() - toldAt < TOLD_EVERY_MS) return;
    toldAt = performance.now();
    say(`${tried.length} of ${wanted.length} mutants, ${(scoreOf(tried) * 100).toFixed(1)} % killed`);
  };
  say(
    `${wanted.length} of ${all.length} mutants of ${sources.size} scripts, ${known.size} of them known, seed ${pick.seed}; first every test on the scripts as they are …`,
  );
  try {
    const baseline = await readBaseline(ROOT, benches, [...sources.keys()]);
    say(`${baseline.length} tests pass`);
    const plan = new Plan(baseline);
    await Promise.all(benches.map((bench) => work(bench, left, plan, done)));
  } catch (error) {
    if (!isStopped()) throw error;
  } finally {
    await Promise.all(benches.map((bench) => bench.stop()));
  }
  console.log(`\n${summary(tried)}`);
  writeFileSync(join(ROOT, '../result.json'), JSON.stringify(tried));
  if (isStopped()) return 130;
  const enough = scoreOf(tried) >= SCORE_MIN;
  if (!enough) console.log(`\nFAILED: under ${SCORE_MIN * 100} %`);
  return enough ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
