import { parseArgs } from 'node:util';
import type { Pick } from './pick.js';

const USE = 'npm run mutate -- [--only hold] [--sample 500] [--seed 7] [--shard 1/3] [--resume] [--benches 2]';

export interface Options {
  /** Scripts whose names contain it. */
  readonly only: string;
  readonly pick: Pick;
  /** What an earlier run has killed is not tried again. */
  readonly resume: boolean;
  readonly benches: number;
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ only: { type: 'string', default: '' }, benches: { type: 'string', default: '2' } },
      ...{ sample: { type: 'string' }, seed: { type: 'string', default: '1' }, shard: { type: 'string' } },
      resume: { type: 'boolean', default: false },
    },
  });
  const number = (text: string, least: number): number => {
    if (!/^\d+$/.test(text) || Number(text) < least) throw new Error(`Use: ${USE}`);
    return Number(text);
  };
  const [part, parts] = (values.shard ?? '1/1').split('/').map((text) => number(text, 1));
  if (part === undefined || parts === undefined || part > parts) throw new Error(`Use: ${USE}`);
  return {
    only: values.only,
    resume: values.resume,
    benches: number(values.benches, 1),
    pick: {
      seed: number(values.seed, 0),
      shard: [part, parts],
      ...(values.sample !== undefined && { sample: number(values.sample, 1) }),
    },
  };
}
