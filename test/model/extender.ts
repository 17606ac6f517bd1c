import type { Bounds } from './rules.js';
import { type Action, type Dropped, has, isOpen } from './step.js';
import { type Buyer, isDue, type State } from './state.js';

/** prolong in Redis → Postgres, compare and set → tell. What is lost in between a sweep of Redis's notes makes good. */
export function extenderActions(state: State, buyer: Buyer, dropped: Dropped, bounds: Bounds): Action[] {
  if (!bounds.extensions) return [];
  const { redis, postgres } = state;
  const open = isOpen(state, dropped);
  const steps: Action[] = [];
  const step = (name: string, apply: Action['apply']): number => steps.push({ name: `${name} ${buyer}`, apply });
  const mayAsk = state.told[buyer] && state.payers[buyer].step === 'away' && !state.extending[buyer];
  if (mayAsk && open && has(redis, buyer, false, 'held') && !redis.prolonged[buyer] && !isDue(state, 'redis', buyer))
    step('prolong', (s) => prolong(s, buyer, dropped));
  if (state.extending[buyer]) step('journal the extension of', (s) => journalExtension(s, buyer));
  const noted = redis.prolonged[buyer] && !postgres.prolonged[buyer] && !state.extending[buyer];
  if (open && noted && has(redis, buyer, false, 'held') && postgres.rows[buyer] === 'held')
    step('sweep the extension of', (s) => void (s.postgres.prolonged[buyer] = true));
  return steps;
}

function prolong(s: State, buyer: Buyer, dropped: Dropped): void {
  s.redis.prolonged[buyer] = true;
  s.extending[buyer] = s.redis.epoch;
  if (dropped.has('extend in Postgres as well')) s.promised[buyer] = true;
}

/** In the epoch in which Redis has prolonged it: otherwise nobody is told of anything. */
function journalExtension(s: State, buyer: Buyer): void {
  const epoch = s.extending[buyer];
  s.extending[buyer] = 0;
  if (epoch !== s.postgres.epoch || s.postgres.rows[buyer] !== 'held') return;
  s.postgres.prolonged[buyer] = true;
  if (s.told[buyer]) s.promised[buyer] = true;
}
