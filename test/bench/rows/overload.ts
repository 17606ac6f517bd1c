import { onPostgres } from '../bench-stores.js';
import type { BenchSale, Holdfast } from '../holdfast.js';
import type { Sample } from '../load/run-load.js';
import { Once } from '../once.js';
import type { Arena, Round } from '../round.js';
import { atLeast, atMost, type Row } from './row.js';

const TIMES = 5;
/**
 * Arrivals do not wait for their decision, as those of a crowd that looks again later: each keeps a connection only until it
 * is told `queued`, or turned away. With waiting ones a queue of 5 s (QUEUE_AGE_MS_MAX) would need a connection for each in it.
 */
const CONNECTIONS = 4_000;
/** Until the queue is as old as it may be, and the door is closed. */
const WARM_SECONDS = 8;

interface Overloaded {
  readonly goodput: number;
  readonly sample: Sample;
}

async function measureOverload(round: Round): Promise<Overloaded> {
  const peak = (await round.sample('reserve')).perSecond;
  const { arena } = round;
  const holdfast = await arena.holdfast();
  const sale = await holdfast.sell();
  const { prefer: _, ...headers } = holdfast.reserve(sale).headers;
  const pace = { warmSeconds: arena.pace.tiny ? 0.5 : WARM_SECONDS, connections: arena.pace.tiny ? 64 : CONNECTIONS };
  const sample = await arena.load(`${TIMES} × the peak`, 'reserve', {
    ...{ ...holdfast.reserve(sale), headers, ...pace, perSecond: peak * TIMES, status: [202, 503] },
  });
  const sent = sample.used / (pace.warmSeconds + arena.pace.seconds);
  const held = await heldPerSecond(arena, holdfast, sale, pace.warmSeconds);
  const { 503: shed = 0 } = sample.statuses;
  arena.say(`${(sent / peak).toFixed(1)} × the peak was sent, ${shed} turned away, ${held.toFixed(0)}/s held`);
  return { goodput: held / peak, sample };
}

/** What was decided in as many seconds as were measured, by the times in the journal once all of it is written. */
async function heldPerSecond(
  arena: Arena,
  { databaseUrl }: Holdfast,
  { id }: BenchSale,
  warm: number,
): Promise<number> {
  await arena.atRest('reserve');
  const [row] = await onPostgres<{ held: string }>(databaseUrl, [
    // Materialized: a planner that believes the table to be empty would look for the first hold once a hold.
    `WITH began AS MATERIALIZED
       (SELECT min(held_at) + interval '1 second' * ${warm} AS at FROM reservations WHERE sale_id = '${id}')
     SELECT count(*) AS held FROM reservations, began
     WHERE sale_id = '${id}' AND held_at >= began.at AND held_at < began.at + interval '1 second' * ${arena.pace.seconds}`,
  ]);
  return Number(row?.held ?? 0) / arena.pace.seconds;
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
      // A tenth of a second fills no queue.
      if (statuses[503] === undefined && !round.arena.pace.tiny)
        throw new Error('nothing was shed: either the generator could not send that much, or all of it was decided');
      if (!shed.allSayWhen) throw new Error('some were turned away without Retry-After');
      return shed.p99Ms;
    },
  },
];
