import { onPostgres } from '../bench-stores.js';
import { type BenchSale, Holdfast } from '../holdfast.js';
import { runLoad } from '../load/run-load.js';
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
/** Until the oldest batch is too old and the door has looked, and what a cold process could not answer at first is answered. */
const CLOSING_SECONDS = { tiny: 1, full: 8 };

async function measureOverload(round: Round): Promise<number> {
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
  return held / peak;
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

/**
 * The worker goes and the door closes for good: what a shed answer takes is all that is measured. At the rate of the peak:
 * five times as many requests are more than one process can so much as read.
 */
async function measureShed(round: Round): Promise<number> {
  const { stores, pace, say } = round.arena;
  const { perSecond } = await round.sample('reserve');
  const holdfast = await Holdfast.start(stores, 'shed', ['api', 'worker'], { QUEUE_AGE_MS_MAX: '100' });
  try {
    const asked = holdfast.reserve(await holdfast.sell());
    const [api, worker] = holdfast.programs;
    await worker?.stop();
    const { prefer: _, ...headers } = asked.headers;
    const warmSeconds = CLOSING_SECONDS[pace.tiny ? 'tiny' : 'full'];
    const load = { connections: pace.connections, seconds: pace.seconds, warmSeconds, firstNumber: 0, perSecond };
    const { shed, statuses } = await runLoad(stores, api ? [api] : [], { ...asked, headers, ...load });
    say(`door closed, ${perSecond.toFixed(0)}/s: ${JSON.stringify(statuses)}`);
    if (statuses[503] === undefined) throw new Error('nobody was turned away');
    if (!shed.allSayWhen) throw new Error('some were turned away without Retry-After');
    return shed.p99Ms;
  } finally {
    await holdfast.stop();
  }
}

export const OVERLOAD_ROWS: readonly Row[] = [
  {
    ...{ name: 'overload', figure: 'overload 5×: goodput ÷ peak', asked: '≥ 0.8', unit: '×', reached: atLeast(0.8) },
    measure: measureOverload,
  },
  {
    ...{ name: 'shed', figure: 'a shed answer (p99), with Retry-After, as many as the peak', asked: '≤ 50 ms' },
    ...{ unit: 'ms', reached: atMost(50) },
    measure: measureShed,
  },
];
