import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readBaseline } from './baseline.js';
import { Bench } from './bench.js';
import { listed } from './listed.js';
import { describeMutant, type Mutant, mutantsOf } from './mutants.js';
import { Plan } from './plan.js';
import { scoreOf, summary, type Tried } from './summary.js';

const USE = 'npm run mutate -- [--only hold] [--benches 2]';
const SCORE_MIN = 0.9;
const TOLD_EVERY_MS = 5_000;
const ROOT = process.env['MUTATION_DIRECTORY'] ?? '';
const LUA = 'src/inventory/lua';

const say = (line: string): void =>
  void process.stdout.write(`${process.uptime().toFixed(1).padStart(7)} s  ${line}\n`);

interface Source {
  file: string;
  text: string;
}

function readSources(): Source[] {
  const files = readdirSync(LUA, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.lua'));
  return files.sort().map((file) => ({ file, text: readFileSync(join(LUA, file), 'utf8') }));
}

/** Tries what is left, one after another, as long as there is something. */
async function work(bench: Bench, left: Mutant[], plan: Plan, done: (tried: Tried) => void): Promise<void> {
  for (let mutant = left.pop(); mutant; mutant = left.pop()) {
    const attempts = plan.attemptsOn(mutant);
    if (attempts.length === 0) {
      done({ mutant, outcome: 'unreached' });
      continue;
    }
    const report = await bench.ask({ kind: 'try', mutant, attempts });
    if (report?.kind === 'tried' && report.killedBy) plan.learn(mutant.file, report.killedBy);
    // A bench that died over a mutant has noticed it.
    done({ mutant, outcome: report?.kind === 'tried' && !report.killedBy ? 'survived' : 'killed' });
    if (report?.kind === 'tried' && report.unclean) await bench.stop();
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, benches: { type: 'string', default: '2' } } });
  if (!(Number(values.benches) >= 1)) throw new Error(`Use: ${USE}`);
  const sources = readSources();
  const mutants = sources
    .filter(({ file }) => values.only === undefined || file.includes(values.only))
    .flatMap(({ file, text }) => mutantsOf(file, text).map((mutant) => ({ mutant, entry: listed(mutant, text) })));
  const tried: Tried[] = mutants.flatMap(({ mutant, entry }) => (entry ? [{ mutant, outcome: 'equivalent' }] : []));
  const left = mutants.flatMap(({ mutant, entry }) => (entry ? [] : [mutant])).reverse();
  const benches = Array.from({ length: Number(values.benches) }, (_, i) => new Bench(ROOT, i));
  let toldAt = -TOLD_EVERY_MS;
  const done = (one: Tried): void => {
    tried.push(one);
    if (one.outcome === 'survived') say(`survived: ${describeMutant(one.mutant)}`);
    if (performance.now() - toldAt < TOLD_EVERY_MS) return;
    toldAt = performance.now();
    say(
      `${tried.length} of ${mutants.length} mutants, ${(scoreOf(tried) * 100).toFixed(1)} % killed, at ${one.mutant.file}`,
    );
  };
  try {
    say(`${mutants.length} mutants of ${sources.length} scripts; first every test on the scripts as they are …`);
    const baseline = await readBaseline(
      ROOT,
      benches,
      sources.map(({ file }) => file),
    );
    say(`${baseline.length} tests pass`);
    const plan = new Plan(baseline);
    await Promise.all(benches.map((bench) => work(bench, left, plan, done)));
  } finally {
    await Promise.all(benches.map((bench) => bench.stop()));
  }
  console.log(`\n${summary(tried)}`);
  writeFileSync(join(ROOT, 'result.json'), JSON.stringify(tried));
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
