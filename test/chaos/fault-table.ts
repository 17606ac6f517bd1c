/** One strike, and how long the system took to serve again from the moment its cause was gone. */
export interface Strike {
  readonly kinds: readonly string[];
  /** By the same clock as operations. */
  readonly at: number;
  /** When its cause was gone. */
  readonly goneAt: number;
  readonly firstMs: number;
  /** NaN until it is known; other faults may have struck meanwhile. */
  allMs: number;
}

export const seconds = (ms: number): string => (ms / 1_000).toFixed(2);

/** Quantile of what is there; NaN of nothing. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}

/** Faults by kind, with counts and recovery times. Of two that struck together both are counted, and neither is timed. */
export function faultTable(strikes: readonly Strike[]): string {
  const kinds = [...new Set(strikes.flatMap((strike) => strike.kinds))].sort();
  const rows = kinds.map((kind) => {
    const all = strikes.filter((strike) => strike.kinds.includes(kind));
    const alone = all.filter((strike) => strike.kinds.length === 1);
    const first = alone.map(({ firstMs }) => firstMs);
    const whole = alone.map(({ allMs }) => allMs).filter((ms) => !Number.isNaN(ms));
    const times = [quantile(first, 0.5), Math.max(...first), quantile(whole, 0.5), Math.max(...whole)];
    return [kind, String(all.length), ...times.map((ms) => (Number.isFinite(ms) ? seconds(ms) : '-'))];
  });
  const head = ['fault', 'count', 'next hold p50 s', 'max s', 'all whole p50 s', 'max s'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
