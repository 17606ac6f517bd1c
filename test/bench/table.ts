import type { Row } from './rows/row.js';

/** What a row came to, over all rounds. */
export interface RowOutcome {
  readonly row: Pick<Row, 'name' | 'figure' | 'asked' | 'unit'>;
  /** One a round; NaN where it could not be measured. */
  readonly values: readonly number[];
  readonly median: number;
  readonly reached: boolean;
  readonly why?: string;
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Three significant figures, and thousands as people read them. */
export function shown(value: number, unit: string): string {
  if (Number.isNaN(value)) return '–';
  const text = value >= 1_000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
  return `${text} ${unit}`.trim();
}

/** The table as Markdown, which a terminal shows as well. */
export function tableOf(outcomes: readonly RowOutcome[]): string {
  const cells = [
    ['figure', 'asked', 'measured', 'reached'],
    ...outcomes.map(({ row, median, reached }) => [
      ...[row.figure, row.asked, shown(median, row.unit), Number.isNaN(median) ? '–' : reached ? 'yes' : 'no'],
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...rest] = cells;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rest.map(line)].join('\n');
}
