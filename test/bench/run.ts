import { storesFrom } from './bench-stores.js';
import { Growth } from './growth.js';
import { type BenchOptions, readOptions } from './options.js';
import { writeReport } from './report.js';
import { Arena, Round } from './round.js';
import { ROWS } from './rows.js';
import type { Row } from './rows/row.js';
import { dropLeftovers } from './seed.js';
import { medianOf, type RowOutcome, tableOf } from './table.js';

const say = (line: string): void =>
  void process.stdout.write(`${process.uptime().toFixed(1).padStart(7)} s  ${line}\n`);

function chosenRows(only: readonly string[]): readonly Row[] {
  const unknown = only.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0)
    throw new Error(`there is no row ${unknown.join(', ')}; there are ${ROWS.map(({ name }) => name).join(', ')}`);
  return only.length === 0 ? ROWS : ROWS.filter(({ name }) => only.includes(name));
}

/** Rounds, each with every row, so that what is compared was measured within the same minute. */
async function measure(arena: Arena, rows: readonly Row[]): Promise<{ outcomes: RowOutcome[]; rounds: Round[] }> {
  const values = new Map(rows.map((row) => [row, [] as number[]]));
  const faults = new Map<Row, string>();
  const rounds: Round[] = [];
  for (let number = 1; number <= arena.pace.rounds; number++) {
    say(`round ${number} of ${arena.pace.rounds}`);
    const round = new Round(arena);
    rounds.push(round);
    for (const row of rows) {
      const value = await row.measure(round).catch((error: unknown) => {
        faults.set(row, String(error));
        say(`${row.name}: ${String(error)}`);
        return NaN;
      });
      values.get(row)?.push(value);
    }
  }
  const outcomes = rows.map((row): RowOutcome => {
    const median = medianOf(values.get(row) ?? []);
    const why = faults.get(row);
    return { row, values: values.get(row) ?? [], median, reached: row.reached(median), ...(why && { why }) };
  });
  return { outcomes, rounds };
}

async function grow({ pace, only }: BenchOptions): Promise<number> {
  const stores = storesFrom(process.env);
  await dropLeftovers(stores);
  console.log(`\n${await new Growth(stores, pace, say).run(only)}\n`);
  return 0;
}

async function main(options: BenchOptions): Promise<number> {
  if (options.growth) return grow(options);
  const rows = chosenRows(options.only);
  if (options.list) {
    for (const { name, figure, asked } of rows) console.log(`${name.padEnd(20)} ${figure}: ${asked}`);
    return 0;
  }
  const stores = storesFrom(process.env);
  await dropLeftovers(stores);
  const arena = new Arena(stores, options.pace, say);
  try {
    const { outcomes, rounds } = await measure(arena, rows);
    console.log(`\n${tableOf(outcomes)}\n`);
    for (const path of writeReport(stores.folder, { mode: options.mode, outcomes, rounds })) console.log(path);
    return outcomes.some(({ why }) => why !== undefined) ? 1 : 0;
  } finally {
    await arena.stop();
  }
}

// An exit takes the programs that were started along; a signal alone would leave them behind.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130));

try {
  process.exit(await main(readOptions(process.argv.slice(2))));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
