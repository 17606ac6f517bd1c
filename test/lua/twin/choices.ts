import { type TwinHold, wishesText } from './records.js';
import type { Twin } from './twin.js';

/** What a step is taken on. */
export type Dice = readonly [number, number, number];

/** One call of a script, what it must answer, and how its answer is read where the order of a table shows in it. */
export interface Call {
  readonly text: string;
  readonly script: string;
  readonly args: readonly (string | number)[];
  readonly expected: readonly string[];
  readonly read?: (words: string[]) => string[];
  /** Another epoch than the sale's. */
  readonly epoch?: number;
  /** No script: the clock goes to here. */
  readonly now?: number;
}

export const CUSTOMERS = ['ann', 'bob', 'cyd'] as const;
export const TIMES = [1, 999, 4_000, 5_000, 10_000, 15_000, 60_000] as const;

/** Ids have one length; a hyphen is the one character that a pattern would take for more than itself. */
export const tailOf = (number: number): string => `r-${number}`.padEnd(32, '_');

export const pick = <T>(from: readonly T[], dice: number): T | undefined => from[dice % Math.max(1, from.length)];

/** A reservation that is meant for a step, now and then any, or one that nobody has heard of. */
export function choose(twin: Twin, meant: (hold: TwinHold) => boolean, dice: number): string {
  const fitting = [...twin.holds].filter(([, hold]) => meant(hold)).map(([tail]) => tail);
  const among = dice % 5 === 0 || fitting.length === 0 ? [...twin.requests.keys()] : fitting;
  return pick(among, Math.floor(dice / 5)) ?? tailOf(9_999);
}

export const isTold = ({ state }: TwinHold): boolean => state === 'h';
export const isPinned = ({ state }: TwinHold): boolean => state === 'c';
export const isDecided = ({ state }: TwinHold): boolean => state === 'd';

export function wishesFor([a, b, c]: Dice): string {
  const line = (dice: number): Parameters<typeof wishesText>[0][number] => {
    const ordinal = String(1 + (dice % 2));
    const unit = (of: number): number => (ordinal === '1' ? 1 + (of % 6) : [1, 2, 255, 256, 257, 258][of % 6]!);
    const named = dice % 3 === 0 ? [unit(dice >> 2), ...(dice % 4 === 0 ? [unit(dice >> 4)] : [])] : null;
    return { ordinal, price: `${ordinal}000`, named, count: named ? named.length : 1 + ((dice >> 2) % 3) };
  };
  return wishesText([line(a), ...(b % 3 === 0 ? [line(c)] : [])]);
}

export const call = (
  script: string,
  args: readonly (string | number)[],
  expected: readonly string[],
  read?: Call['read'],
): Call => ({
  ...{ script, args, expected, text: `${script} ${args.join(' ')}`.replaceAll(/_{4,}/g, '') },
  ...(read && { read }),
});

/** Groups of `size` words from `from` on, in an order of their own. */
export const grouped =
  (from: number, size: number) =>
  (words: string[]): string[] => {
    const groups: string[][] = [];
    for (let at = from; at < words.length; at += size) groups.push(words.slice(at, at + size));
    return [...words.slice(0, from), ...groups.sort(([x = ''], [y = '']) => (x < y ? -1 : 1)).flat()];
  };

const isCounters = (word: string): boolean => /^\d+( \d+){8,10}$/.test(word);

export function bareCounters(word: string): string {
  if (!isCounters(word)) return word;
  const values = word.split(' ');
  return [...values.slice(0, 7), values[8], values[9] ?? '0', values[10] ?? '0'].join(' ');
}
