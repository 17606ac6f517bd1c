import { Holdfast } from '../holdfast.js';
import { Once } from '../once.js';
import { type CountSaid, runCount } from '../programs/run-count.js';
import type { Arena, Round } from '../round.js';
import { atLeast, type Row } from './row.js';

const AT_A_TIME = 4_096;

/** The sale is made by a process that serves; it has gone when the one that counts begins. */
async function runPipeline({ stores, pace, say }: Arena): Promise<CountSaid> {
  const holdfast = await Holdfast.start(stores, 'pipeline');
  try {
    const { id, skuIds } = await holdfast.sell();
    await Promise.all(holdfast.programs.map((program) => program.stop()));
    const args = [id, skuIds[0] ?? '', pace.tiny ? 8 : AT_A_TIME, pace.warmSeconds * 2, pace.seconds];
    const counted = await runCount('pipeline', args, { ...holdfast.env, ROLE: 'all', PORT: '0' });
    say(`pipeline: ${counted.perSecond.toFixed(0)}/s, ${counted.cpuMicrosEach.toFixed(0)} µs of the process each`);
    return counted;
  } finally {
    await holdfast.stop();
  }
}

const pipelines = new Once(({ arena }: Round) => runPipeline(arena));

export const PIPELINE_ROWS: readonly Row[] = [
  {
    ...{ name: 'pipeline', figure: 'pipeline without HTTP, journalled', asked: '≥ 60 k/s', unit: '/s' },
    reached: atLeast(60_000),
    measure: async (round) => (await pipelines.of(round)).perSecond,
  },
  {
    ...{ name: 'set-based', figure: 'the same ÷ the raw set-based script', asked: '≥ 0.5', unit: '×' },
    reached: atLeast(0.5),
    measure: async (round) => {
      const { stores, pace, say } = round.arena;
      const ours = await pipelines.of(round);
      const env = { REDIS_URL: stores.redisUrl };
      const raw = await runCount('set-based', [pace.warmSeconds, pace.seconds], env);
      say(`raw set-based script: ${raw.perSecond.toFixed(0)}/s`);
      return ours.perSecond / raw.perSecond;
    },
  },
];
