import type { Bounds } from './rules.js';
import { type Action, type Dropped, free, isOpen } from './step.js';
import type { State } from './state.js';

/** Capacity down: Redis, then Postgres in the epoch. Up: Postgres, then Redis is supplied with what Postgres has, by version. */
export function operatorActions(state: State, dropped: Dropped, bounds: Bounds): Action[] {
  const { redis, postgres } = state;
  const open = isOpen(state, dropped);
  const steps: Action[] = [];
  const mayChange = state.changes < bounds.changes;
  const agree = open && redis.version === postgres.version;
  if (mayChange && postgres.capacity === 1 && agree && redis.unit === 'free' && !state.withdrawing)
    steps.push({ name: 'withdraw', apply: withdraw });
  if (mayChange && postgres.capacity === 1 && dropped.has('withdraw in Redis first'))
    steps.push({ name: 'withdraw in Postgres first', apply: (s) => record(s, 0) });
  if (state.withdrawing) steps.push({ name: 'record the withdrawal', apply: (s) => recordWithdrawal(s, dropped) });
  if (open && redis.unit === 'withdrawn' && postgres.capacity === 1 && agree)
    steps.push({ name: 'record what is noted', apply: recordNoted });
  if (mayChange && postgres.capacity === 0) steps.push({ name: 'put back', apply: (s) => putBack(s, dropped) });
  if (
    mayChange &&
    postgres.capacity === 0 &&
    open &&
    redis.unit === 'withdrawn' &&
    dropped.has('supply in Postgres first')
  )
    steps.push({ name: 'put back in Redis first', apply: (s) => free(s.redis) });
  if (open && redis.version < postgres.version && state.supplying === null)
    steps.push({ name: 'read a supply', apply: readSupply });
  if (state.supplying) steps.push({ name: 'supply', apply: (s) => supply(s, dropped) });
  return steps;
}

function withdraw(s: State): void {
  s.changes++;
  s.redis.unit = 'withdrawn';
  s.withdrawing = { epoch: s.redis.epoch, version: s.redis.version };
}

function record(s: State, capacity: 0 | 1): void {
  s.changes++;
  s.postgres.capacity = capacity;
  s.postgres.version++;
}

/** In the epoch of the withdrawal: a Redis that was built anew since has the unit on sale. And of no later stock. */
function recordWithdrawal(s: State, dropped: Dropped): void {
  const { withdrawing, postgres } = s;
  s.withdrawing = null;
  if (!withdrawing || postgres.capacity === 0) return;
  if (withdrawing.epoch !== postgres.epoch && !dropped.has('journal in the epoch')) return;
  if (withdrawing.version !== postgres.version && !dropped.has('stock has a version')) return;
  recordNoted(s);
}

function recordNoted(s: State): void {
  s.postgres.capacity = 0;
  s.postgres.version++;
}

function putBack(s: State, dropped: Dropped): void {
  record(s, 1);
  if (dropped.has('stock has a version') && s.supplying === null) readSupply(s);
}

function readSupply(s: State): void {
  const { epoch, capacity, version } = s.postgres;
  s.supplying = { epoch, capacity, version };
}

function supply(s: State, dropped: Dropped): void {
  const { supplying, redis } = s;
  s.supplying = null;
  if (!supplying || !redis.built || redis.epoch !== supplying.epoch) return;
  if (supplying.version <= redis.version && !dropped.has('stock has a version')) return;
  redis.version = supplying.version;
  if (supplying.capacity === 1 && redis.unit === 'withdrawn') free(redis);
  if (supplying.capacity === 0 && redis.unit === 'free') redis.unit = 'withdrawn';
}
