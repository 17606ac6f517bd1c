import { describeMutant, type Mutant } from './mutants.js';

export interface Tried {
  readonly mutant: Mutant;
  /** 'equivalent': listed as one that changes nothing. 'unreached': no test gets to it. */
  readonly outcome: 'killed' | 'survived' | 'unreached' | 'equivalent';
  readonly ms?: number | undefined;
  readonly killedBy?: { spec: string; name: string } | null | undefined;
}

const COLUMNS = ['script', 'mutants', 'killed', 'survived', 'equivalent', 'score'] as const;

/** Killed, of all that are not known to change nothing. */
export function scoreOf(tried: readonly Tried[]): number {
  const counted = tried.filter(({ outcome }) => outcome !== 'equivalent');
  return counted.length === 0 ? 1 : counted.filter(({ outcome }) => outcome === 'killed').length / counted.length;
}

export function summary(tried: readonly Tried[]): string {
  const files = [...new Set(tried.map(({ mutant }) => mutant.file))].sort();
  const rows = files.map((file) =>
    rowOf(
      file,
      tried.filter(({ mutant }) => mutant.file === file),
    ),
  );
  const all = [[...COLUMNS], ...rows, rowOf('all', tried)];
  const widths = COLUMNS.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  const table = all.map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '),
  );
  const alive = tried.filter(({ outcome }) => outcome === 'survived' || outcome === 'unreached');
  const list = alive.map(
    ({ mutant, outcome }) => `  ${describeMutant(mutant)}${outcome === 'unreached' ? '  (no test gets there)' : ''}`,
  );
  return [...(alive.length > 0 ? ['Survivors:', ...list, ''] : []), ...table].join('\n');
}

function rowOf(name: string, tried: readonly Tried[]): string[] {
  const count = (...outcomes: Tried['outcome'][]): string =>
    String(tried.filter(({ outcome }) => outcomes.includes(outcome)).length);
  const score = `${(scoreOf(tried) * 100).toFixed(1)} %`;
  return [name, String(tried.length), count('killed'), count('survived', 'unreached'), count('equivalent'), score];
}
