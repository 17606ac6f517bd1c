import type { Sample } from '../load/run-load.js';
import { Once } from '../once.js';
import type { Round } from '../round.js';
import { atMost, type Row } from './row.js';

const PER_SECOND = 1_000;

/** Arrivals that wait for nobody, at a rate that both can bear. */
async function measureBoth({ arena }: Round): Promise<{ ours: Sample; direct: Sample }> {
  const at = async (name: 'reserve' | 'direct-lua'): Promise<Sample> => {
    const { request, status } = await arena.contender(name);
    return arena.load(`${name} at ${PER_SECOND}/s`, name, { ...request, status, perSecond: PER_SECOND });
  };
  return { ours: await at('reserve'), direct: await at('direct-lua') };
}

const both = new Once(measureBoth);

function latencyRow(name: string, percentile: 'p50Ms' | 'p99Ms'): Row {
  const figure = `at 1,000/s open loop: decision ${percentile.slice(0, 3)} ÷ direct Lua without a queue`;
  return {
    ...{ name, figure, asked: '≤ 1.5', unit: '×', reached: atMost(1.5) },
    measure: async (round) => {
      const { ours, direct } = await both.of(round);
      return ours[percentile] / direct[percentile];
    },
  };
}

export const LATENCY_ROWS: readonly Row[] = [latencyRow('p50', 'p50Ms'), latencyRow('p99', 'p99Ms')];
