import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { chartOf } from './chart.js';
import type { Round } from './round.js';
import { medianOf, type RowOutcome } from './table.js';

interface Measured {
  readonly mode: string;
  readonly outcomes: readonly RowOutcome[];
  readonly rounds: readonly Round[];
}

/** What a contender came to: medians over the rounds. */
export interface Standing {
  readonly name: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicros: Readonly<Record<string, number>>;
}

/** Writes bench.json and bench.html; returns their paths. */
export function writeReport(folder: string, { mode, outcomes, rounds }: Measured): string[] {
  const standings = standingsOf(rounds);
  const machine = {
    ...{ processor: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version, load: loadavg() },
  };
  const at = new Date().toISOString();
  const rows = outcomes.map(({ row, ...rest }) => ({ ...row, ...rest }));
  const json = join(folder, 'bench.json');
  const html = join(folder, 'bench.html');
  writeFileSync(json, `${JSON.stringify({ at, mode, machine, rows, contenders: standings }, null, 2)}\n`);
  writeFileSync(html, chartOf(outcomes, standings, `${at}, ${mode}: ${machine.cores} × ${machine.processor}`));
  return [json, html];
}

function standingsOf(rounds: readonly Round[]): Standing[] {
  const names = [...new Set(rounds.flatMap((round) => [...round.all.keys()]))];
  return names.map((name) => {
    const samples = rounds.flatMap((round) => round.all.get(name) ?? []);
    const stages = Object.keys(samples[0]?.cpu ?? {});
    const cpu = stages.map((stage) => [stage, medianOf(samples.map((sample) => sample.cpu[stage] ?? NaN))] as const);
    return {
      ...{ name, perSecond: medianOf(samples.map(({ perSecond }) => perSecond)) },
      ...{ p50Ms: medianOf(samples.map(({ p50Ms }) => p50Ms)), p99Ms: medianOf(samples.map(({ p99Ms }) => p99Ms)) },
      cpuMicros: Object.fromEntries(cpu),
    };
  });
}
