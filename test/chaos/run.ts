import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ChaosOptions, type ChaosOutcome, runChaos } from './chaos-run.js';
import { reportOf, rowOf, RUNS_HEAD } from './report.js';

const USE = 'npm run chaos -- [--minutes 2] [--seed 7]… [--stock scarce|plentiful]…; one run for each seed';
/** One Ctrl-C arrives twice, from the terminal and from npm; only a later signal is a second wish. */
const SAME_WISH_MS = 700;

function readArguments() {
  try {
    return parseArgs({
      options: {
        minutes: { type: 'string', default: '2' },
        seed: { type: 'string', multiple: true, default: [String(Date.now() % 100_000)] },
        stock: { type: 'string', multiple: true, default: ['scarce'] },
      },
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nUse: ${USE}`);
  }
}

/** A run for each seed; stocks are taken in turn. */
function readRuns(): ChaosOptions[] {
  const { values } = readArguments();
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error(`Use: ${USE}`);
  return values.seed.map((text, i) => {
    const [seed, stock] = [Number(text), values.stock[i % values.stock.length]];
    if (!Number.isInteger(seed)) throw new Error(`--seed is a whole number. Use: ${USE}`);
    if (stock !== 'scarce' && stock !== 'plentiful') throw new Error(`--stock is scarce or plentiful. Use: ${USE}`);
    return { minutes, seed, stock };
  });
}

const say = (line: string): void =>
  void process.stdout.write(`${process.uptime().toFixed(1).padStart(7)} s  ${line}\n`);

/** The history stays, so that it can be looked into, and judged again, after the run. */
function keep({ history, findings, strikes }: ChaosOutcome, { seed, stock }: ChaosOptions, report: string): string {
  const folder = process.env['CHAOS_DIRECTORY'] ?? '.data/chaos';
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `history-${stock}-${seed}.json`);
  writeFileSync(path, JSON.stringify({ findings, strikes, ...history }));
  writeFileSync(join(folder, `report-${stock}-${seed}.md`), `${report}\n`);
  return path;
}

async function main(stop: AbortSignal): Promise<number> {
  const rows: string[] = [];
  let failed = false;
  for (const options of readRuns()) {
    if (stop.aborted) break;
    say(`chaos: seed ${options.seed}, ${options.stock} stock, ${options.minutes} min`);
    const outcome = await runChaos(options, stop, say);
    const report = reportOf(outcome, options);
    console.log(`\n${report}\n\nhistory: ${keep(outcome, options, report)}`);
    rows.push(rowOf(outcome, options));
    failed ||= outcome.findings.length > 0;
  }
  if (rows.length > 1) console.log(`\n${[...RUNS_HEAD, ...rows].join('\n')}`);
  console.log(failed ? '\nFAILED' : '\nNothing lost, nothing sold twice.');
  return failed ? 1 : 0;
}

/** The first wish ends the faults: customers finish, and what has happened so far is judged. A second one ends all. */
function listenForStop(): AbortSignal {
  const controller = new AbortController();
  let askedAt = 0;
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (askedAt === 0) {
        askedAt = performance.now();
        say('stopping: no more faults, then the judgement (Ctrl-C again stops at once, without one)');
        controller.abort();
        // An exit takes the processes that were started along; a signal alone would leave them behind.
      } else if (performance.now() - askedAt > SAME_WISH_MS) process.exit(130);
    });
  return controller.signal;
}

main(listenForStop()).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
