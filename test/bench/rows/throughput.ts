import type { ContenderName } from '../contenders.js';
import { atLeast, type Row } from './row.js';

function decidedOver(name: string, baseline: ContenderName, figure: string, wanted: number): Row {
  return {
    ...{
      name,
      figure: `decided reservations/s ÷ ${figure}`,
      asked: `≥ ${wanted}`,
      unit: '×',
      reached: atLeast(wanted),
    },
    measure: async (round) => {
      const ours = await round.sample('reserve');
      const theirs = await round.sample(baseline);
      return ours.perSecond / theirs.perSecond;
    },
  };
}

/** The answer is the decision: each request waits until its hold is journalled and announced. */
export const THROUGHPUT_ROWS: readonly Row[] = [
  {
    ...{ name: 'decided', figure: 'decided reservations/s', asked: '(for scale)', unit: '/s', reached: () => true },
    measure: async (round) => (await round.sample('reserve')).perSecond,
  },
  decidedOver('empty', 'empty', 'an empty NestJS-Fastify POST as it comes', 1),
  decidedOver('empty-bursts', 'empty-bursts', 'the same with burst replies', 0.6),
  decidedOver('one-job', 'one-job', 'one BullMQ job a request, same work', 4),
  decidedOver('prisma-update', 'prisma-update', 'Prisma UPDATE … available - 1', 8),
  decidedOver('prisma-for-update', 'prisma-for-update', 'Prisma SELECT … FOR UPDATE', 40),
];
