import { CRASH_POINTS, type CrashPoint } from '../../src/crash-points.js';
import { eventually } from '../e2e/eventually.js';
import type { LedgerSale } from '../ledger-sale.js';
import { AppError, type ForkedApp, type Verdict } from './forked-app.js';
import type { Stage } from './stage.js';
import type { Plot, Transition } from './transition.js';

/**
 * `kill`: the process dies there, as by kill -9. `stop`: it stands still until another has taken over and is done, and then
 * goes on. `cut`: the write that comes next is done, and its answer is lost with the connection. `lose`: as `kill`, and Redis
 * loses the whole sale before anybody repeats. `none`: nothing befalls it.
 */
export type Fault = 'kill' | 'stop' | 'cut' | 'lose' | 'none';

export interface CrashCase {
  readonly transition: Transition;
  /** The place in the transition's order. */
  readonly at: number;
  readonly fault: Fault;
}

/** What a write is told by on its way to Postgres, when it is no transaction. */
const STATEMENT: Partial<Record<CrashPoint, string>> = {
  'bulk.plan': 'UPDATE bulk_runs SET plan = $2',
  'bulk.count': 'UPDATE bulk_runs SET plan = NULL',
  'relay.mark': 'UPDATE outbox SET delivered_at',
  'rebuild.overdue': 'UPDATE reservations',
  'rebuild.losers': 'UPDATE reservations',
  'retire.done': 'UPDATE sales SET redis_run_id',
  'forget.mark': 'UPDATE sales SET forgets_since',
  'erase.facts': 'UPDATE outbox',
};
const REPEATS_MAX = 100;

/** A store kept the process waiting too long before it came to where it was to be struck. */
export class NeverStruck extends Error {}

/** Strikes one process in one gap; another repeats and goes on. Throws what is not as it must be afterwards. */
export async function runCase(stage: Stage, one: CrashCase): Promise<void> {
  const plot = await one.transition.begin(stage);
  const victim = await stage.victim();
  try {
    await strike(victim, stage, plot, one);
    await lockedByNobody(stage);
    if (one.fault === 'lose') await loseRedis(plot.sale);
    await again(plot, one, stage.survivor);
    await rest(stage, plot);
    await plot.end();
    if (!one.transition.leavesRedis) await expectWhole(stage, plot.sale);
  } finally {
    stage.giveBack(victim);
    await putAside(stage, plot.sale);
  }
}

async function strike(victim: ForkedApp, stage: Stage, plot: Plot, one: CrashCase): Promise<void> {
  const { order, redisAway, holdsLock } = one.transition;
  const passed: CrashPoint[] = [];
  victim.watch(async (point) => {
    passed.push(point);
    await plot.meanwhile?.[point]?.();
    return passed.length === one.at + 1 ? verdictOf(victim, plot.sale, point, one) : 'go';
  });
  const stops = victim.stops();
  if (redisAway) victim.redis.strike({ kind: 'cut' });
  const acting = plot.act(victim).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  if (one.fault === 'stop') {
    await Promise.race([stops, acting]);
    if (holdsLock) {
      victim.loseSessions();
      await lockedByNobody(stage);
    }
    await again(plot, one, stage.survivor);
    victim.thaw();
  }
  const failure = await acting;
  if (redisAway) victim.redis.heal();
  const seen = one.fault === 'none' ? order.length : one.at + 1;
  if (passed.length < seen && failure instanceof AppError && failure.code === 'store-unavailable')
    throw new NeverStruck(`it ended at ${passed.at(-1)}`, { cause: failure });
  if (one.fault === 'none' && failure) throw failure;
  expect(passed.slice(0, one.fault === 'none' ? undefined : seen)).toEqual(order.slice(0, seen));
  if (one.fault === 'kill' || one.fault === 'lose') await victim.ended;
  if (one.fault === 'cut') expect(wayOf(victim, order[one.at]).answersLost).toBe(1);
}

async function verdictOf(victim: ForkedApp, sale: LedgerSale, point: CrashPoint, one: CrashCase): Promise<Verdict> {
  const { fault, transition } = one;
  if (fault === 'none') return 'go';
  if (fault !== 'cut') return fault === 'lose' ? 'kill' : fault;
  const way = wayOf(victim, point);
  const written = transition.endsWith?.[point] ?? STATEMENT[point] ?? 'COMMIT';
  way.answersLost = 0;
  way.strike({ kind: 'lose-answer', to: CRASH_POINTS[point] === 'redis' ? sale.key : written });
  return 'go';
}

/**
 * Postgres ends the session of a dead process a moment after the process: until then its locks stand, and a loop that asks
 * passes by what is locked. A worker's loops would come by again; what acts here is asked twice and no more.
 */
async function lockedByNobody({ harness }: Stage): Promise<void> {
  await eventually('no session holds a lock', async () => {
    const locks = await harness.postgres.query(
      `SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database
       WHERE locktype = 'advisory' AND granted AND d.datname = current_database()`,
    );
    return locks.length === 0;
  });
}

async function loseRedis(sale: LedgerSale): Promise<void> {
  await sale.loseRedis();
  await sale.rebuild();
}

function wayOf(victim: ForkedApp, point: CrashPoint | undefined): ForkedApp['redis'] {
  return point && CRASH_POINTS[point] === 'redis' ? victim.redis : victim.postgres;
}

/** As the contract says: on store-unavailable the same again. Then once more, which must change nothing. */
async function again(plot: Plot, { transition }: CrashCase, by: ForkedApp): Promise<void> {
  await plot.recover?.(by);
  const allowed = transition.repeatRefused ?? [];
  for (const time of ['the repeat', 'one more']) {
    await eventually(`${transition.name}: ${time} is answered`, async () => {
      try {
        await plot.act(by);
        return true;
      } catch (error) {
        if (error instanceof AppError && allowed.includes(error.code ?? '')) return true;
        if (error instanceof AppError && error.code === 'store-unavailable') return false;
        throw error;
      }
    });
  }
}

/** As a worker: only what was queued is decided. */
async function decideQueued({ harness, jobs }: Stage, sale: LedgerSale): Promise<number> {
  const waiting = await jobs.getWaiting();
  const ours = waiting.filter(({ data }) => data.saleKey === sale.key);
  const stranded = harness.queue.batches.splice(0);
  for (const tails of [...ours.map(({ data }) => data.tails), ...stranded]) await harness.batches.run(sale, tails);
  for (const job of waiting) await job.remove();
  return waiting.length + stranded.length;
}

/** What the loops of a worker do, until there is nothing to do. */
async function rest(stage: Stage, { sale }: Plot): Promise<void> {
  const { harness } = stage;
  for (let round = 0; round < REPEATS_MAX; round++) {
    const { expired, rejected, journalled } = await harness.sweep.runOnce(sale);
    const queued = await decideQueued(stage, sale);
    const delivered = await harness.relay.runOnce();
    const supplied = await harness.supply.run.runOnce();
    if (expired + rejected + journalled + queued + delivered + supplied === 0) return;
  }
  throw new Error('there is no end to what the loops find to do');
}

async function expectWhole({ harness, audits }: Stage, sale: LedgerSale): Promise<void> {
  await sale.supplied();
  const { queued, ended } = await sale.state();
  expect({ queued, ended }).toEqual({});
  const facts = await harness.postgres.query(
    'SELECT kind FROM outbox WHERE delivered_at IS NULL AND sale_id = $1 AND kind = ANY($2)',
    [sale.id, harness.settling.kinds],
  );
  expect(facts).toEqual([]);
  expect(await audits.findings(sale)).toEqual(['agrees']);
}

/** Loops look at active sales; this one is over. */
async function putAside({ harness }: Stage, sale: LedgerSale): Promise<void> {
  await harness.postgres.query(
    `UPDATE sales SET status = 'closed', closed_at = ledger_now() - interval '2 days', redis_run_id = NULL, retired_at = ledger_now() WHERE id = $1`,
    [sale.id],
  );
  await harness.postgres.query(
    `UPDATE reservations SET status = 'released', ended_at = ledger_now() WHERE sale_id = $1 AND status IN ('held', 'checkout')`,
    [sale.id],
  );
  await harness.postgres.query('UPDATE outbox SET delivered_at = now() WHERE sale_id = $1', [sale.id]);
}
