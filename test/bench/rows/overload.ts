import type { Sample } from '../load/run-load.js';
import { Once } from '../once.js';
import type { Round } from '../round.js';
import { atLeast, atMost, type Row } from './row.js';

const TIMES = 5;
/** Each arrival needs a connection until it is answered; those who find none wait for one, and that counts. */
const CONNECTIONS = 4_000;

interface Overloaded {
  readonly goodput: number;
  readonly sample: Sample;
}

async function measureOverload(round: Round): Promise<Overloaded> {
  const peak = (await round.sample('reserve')).perSecond;
  const { arena } = round;
  const { request } = await arena.contender('reserve');
  const load = { ...request, perSecond: peak * TIMES, connections: arena.pace.tiny ? 64 : CONNECTIONS };
  const sample = await arena.load(`${TIMES} × the peak`, 'reserve', { ...load, status: [201, 202, 503] });
  const { 503: shed = 0, ...answered } = sample.statuses;
  const all = Object.values(answered).reduce((sum, count) => sum + count, shed);
  return { goodput: (sample.perSecond * (all - shed)) / all / peak, sample };
}

const overloads = new Once(measureOverload);

export const OVERLOAD_ROWS: readonly Row[] = [
  {
    ...{ name: 'overload', figure: 'overload 5×: goodput ÷ peak', asked: '≥ 0.8', unit: '×', reached: atLeast(0.8) },
    measure: async (round) => (await overloads.of(round)).goodput,
  },
  {
    ...{ name: 'shed', figure: 'a shed answer (p99), with Retry-After', asked: '≤ 50 ms', unit: 'ms' },
    reached: atMost(50),
    measure: async (round) => {
      const { shed, statuses } = (await overloads.of(round)).sample;
      if (statuses[503] === undefined) throw new Error('nothing was shed: the generator could not send that much');
      return shed.p99Ms;
    },
  },
];
