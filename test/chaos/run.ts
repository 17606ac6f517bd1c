import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { RULES } from './check-history.js';
import { type ChaosOptions, type ChaosOutcome, runChaos } from './chaos-run.js';
import { faultTable } from './fault-table.js';

const FINDINGS_SHOWN_MAX = 20;
const USE = 'npm run chaos -- [--minutes 2] [--seed 7] [--stock scarce|plentiful]';

function readOptions(): ChaosOptions {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '2' },
      seed: { type: 'string', default: String(Date.now() % 100_000) },
      stock: { type: 'string', default: 'scarce' },
    },
  });
  const [minutes, seed, stock] = [Number(values.minutes), Number(values.seed), values.stock];
  if (!(minutes > 0) || !Number.isInteger(seed)) throw new Error(`Use: ${USE}`);
  if (stock !== 'scarce' && stock !== 'plentiful') throw new Error(`--stock is scarce or plentiful. Use: ${USE}`);
  return { minutes, seed, stock };
}

const say = (line: string): void =>
  void process.stdout.write(`${process.uptime().toFixed(1).padStart(7)} s  ${line}\n`);

function report({ findings, strikes, history, carts }: ChaosOutcome, { seed, stock, minutes }: ChaosOptions): void {
  const { operations, rows, orders } = history;
  const count = (outcome: string): number => operations.filter((each) => each.outcome === outcome).length;
  const faults = strikes.flatMap(({ kinds }) => kinds);
  console.log(`\n${faultTable(strikes)}\n`);
  console.log(`seed ${seed}, ${stock}, ${minutes} min: ${faults.length} faults of ${new Set(faults).size} kinds`);
  console.log(
    `${carts} carts, ${operations.length} operations: ${count('ok')} ok, ${count('fail')} refused, ${count('unknown')} of unknown outcome; ${rows.length} holds, ${orders.length} orders`,
  );
  console.log(RULES.map((rule) => `${findings.filter((each) => each.rule === rule).length} ${rule}`).join(', '));
  for (const { rule, what } of findings.slice(0, FINDINGS_SHOWN_MAX)) console.log(`  ${rule}: ${what}`);
  if (findings.length > FINDINGS_SHOWN_MAX) console.log(`  … and ${findings.length - FINDINGS_SHOWN_MAX} more`);
}

/** The history stays, so that it can be looked into, and judged again, after the run. */
function keep({ history, findings }: ChaosOutcome, { seed, stock }: ChaosOptions): string {
  const folder = process.env['CHAOS_DIRECTORY'] ?? '.data/chaos';
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `history-${stock}-${seed}.json`);
  writeFileSync(path, JSON.stringify({ findings, ...history }));
  return path;
}

async function main(): Promise<number> {
  const options = readOptions();
  say(`chaos: seed ${options.seed}, ${options.stock} stock, ${options.minutes} min`);
  const outcome = await runChaos(options, say);
  report(outcome, options);
  console.log(`history: ${keep(outcome, options)}`);
  console.log(outcome.findings.length === 0 ? '\nNothing lost, nothing sold twice.' : '\nFAILED');
  return outcome.findings.length === 0 ? 0 : 1;
}

// An exit takes the processes that were started along; a signal alone would leave them behind.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130));

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
