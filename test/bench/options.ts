import { parseArgs } from 'node:util';
import type { Pace } from './round.js';

const USE =
  'npm run bench -- [--quick | --tiny] [--only row,row] [--connections 256] [--warm 3] [--seconds 6] [--list] [--growth]';

export interface BenchOptions {
  readonly pace: Pace;
  readonly mode: 'full' | 'quick' | 'tiny';
  /** Names of rows, or of what grows; empty for all. */
  readonly only: readonly string[];
  readonly list: boolean;
  readonly growth: boolean;
}

const PACES: Record<BenchOptions['mode'], Pace> = {
  full: { rounds: 3, warmSeconds: 3, seconds: 6, connections: 256, tiny: false },
  quick: { rounds: 1, warmSeconds: 3, seconds: 4, connections: 256, tiny: false },
  tiny: { rounds: 1, warmSeconds: 0.1, seconds: 0.3, connections: 4, tiny: true },
};

export function readOptions(args: readonly string[]): BenchOptions {
  const options = {
    quick: { type: 'boolean', default: false },
    tiny: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    connections: { type: 'string' },
    warm: { type: 'string' },
    seconds: { type: 'string' },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options });
    const mode = values.tiny ? 'tiny' : values.quick ? 'quick' : 'full';
    const only = values.only.split(',').filter((name) => name !== '');
    const pace = {
      ...PACES[mode],
      ...given({ connections: values.connections, seconds: values.seconds, warmSeconds: values.warm }),
    };
    return { pace, mode, only, list: values.list, growth: values.growth };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nUse: ${USE}`);
  }
}

/** The numbers that were named, and no others. */
function given(texts: Readonly<Record<string, string | undefined>>): Record<string, number> {
  const named = Object.entries(texts).filter(([, text]) => text !== undefined);
  return Object.fromEntries(named.map(([name, text]) => [name, Number(text)]));
}
