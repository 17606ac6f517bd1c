import { parseArgs } from 'node:util';
import type { Pace } from './round.js';

const USE = 'npm run bench -- [--quick | --tiny] [--only row,row] [--list] [--growth]';

export interface BenchOptions {
  readonly pace: Pace;
  readonly mode: 'full' | 'quick' | 'tiny';
  /** Names of rows; empty for all. */
  readonly only: readonly string[];
  readonly list: boolean;
  readonly growth: boolean;
}

const PACES: Record<BenchOptions['mode'], Pace> = {
  full: { rounds: 3, warmSeconds: 3, seconds: 6, connections: 256 },
  quick: { rounds: 1, warmSeconds: 1.5, seconds: 2.5, connections: 256 },
  tiny: { rounds: 1, warmSeconds: 0.1, seconds: 0.2, connections: 4 },
};

export function readOptions(args: readonly string[]): BenchOptions {
  const options = {
    quick: { type: 'boolean', default: false },
    tiny: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options });
    const mode = values.tiny ? 'tiny' : values.quick ? 'quick' : 'full';
    const only = values.only.split(',').filter((name) => name !== '');
    return { pace: PACES[mode], mode, only, list: values.list, growth: values.growth };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nUse: ${USE}`);
  }
}
