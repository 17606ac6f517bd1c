import type { Bounds } from './rules.js';
import { lateActions } from './late-payer.js';
import { type Action, type Dropped, free, has, isOpen, tell } from './step.js';
import { type Buyer, isDue, type State } from './state.js';

/** pin in Redis → pin in Postgres → pay → confirm in one transaction; a pin that is not paid for is voided. */
export function payerActions(state: State, buyer: Buyer, dropped: Dropped, bounds: Bounds): Action[] {
  const payer = state.payers[buyer];
  const row = state.postgres.rows[buyer];
  const open = isOpen(state, dropped);
  const steps: Action[] = [];
  const step = (name: string, apply: Action['apply']): number => steps.push({ name: `${name} ${buyer}`, apply });
  if (payer.step === 'away' && state.told[buyer] && !state.extending[buyer])
    step('begin to pay', (s) => void (s.payers[buyer].step = 'pin'));
  if (payer.step === 'pin' && open && !has(state.redis, buyer, false, 'decided'))
    step('pin', (s) => pin(s, buyer, dropped));
  if (payer.step === 'journal') step('journal the pin', (s) => journalPin(s, buyer, dropped));
  if (payer.step === 'pay')
    step('pay', (s) => {
      s.paid[buyer] = 'yes';
      s.payers[buyer].step = 'confirm';
    });
  if (payer.step === 'confirm') step('confirm', (s) => confirm(s, buyer, dropped, bounds));
  if (payer.step === 'refuse') step('refuse', (s) => refuse(s, buyer));
  if (row === 'checkout') step('void', (s) => voidRow(s, buyer, bounds));
  if (dropped.has('void in Postgres first') && open && has(state.redis, buyer, false, 'checkout'))
    step('void in Redis first', (s) => free(s.redis));
  if (open && has(state.redis, buyer, false, 'checkout') && row === 'held')
    step('finish the pin', (s) => void (s.postgres.rows[buyer] = 'checkout'));
  if (row === 'confirmed' && payer.step === 'served' && !state.postgres.restocked[buyer])
    step('cancel with restock', (s) => cancel(s, buyer));
  if (dropped.has('restock in Postgres first') && open && state.redis.unit === 'sold' && state.postgres.sold === buyer)
    step('restock in Redis first', (s) => free(s.redis));
  return bounds.late ? [...steps, ...lateActions(state, buyer, dropped)] : steps;
}

function pin(s: State, buyer: Buyer, dropped: Dropped): void {
  const payer = s.payers[buyer];
  payer.epoch = s.redis.epoch;
  const holds = has(s.redis, buyer, false, 'held', 'checkout');
  if (!holds || (s.redis.unit === 'held' && isDue(s, 'redis', buyer))) {
    Object.assign(payer, { step: 'refuse', epoch: 0 });
    return;
  }
  if (!dropped.has('pin in Redis')) s.redis.unit = 'checkout';
  payer.step = dropped.has('pin in Postgres') ? 'pay' : 'journal';
}

function journalPin(s: State, buyer: Buyer, dropped: Dropped): void {
  const payer = s.payers[buyer];
  if (s.postgres.epoch !== payer.epoch && !dropped.has('journal in the epoch')) {
    Object.assign(payer, { step: 'pin', epoch: 0 });
    return;
  }
  payer.epoch = 0;
  const row = s.postgres.rows[buyer];
  if (row === 'held') s.postgres.rows[buyer] = 'checkout';
  payer.step = row === 'held' || row === 'checkout' ? 'pay' : 'refuse';
}

function confirm(s: State, buyer: Buyer, dropped: Dropped, bounds: Bounds): string | undefined {
  const { postgres, payers } = s;
  const row = postgres.rows[buyer];
  const unpinned = dropped.has('pin in Redis') || dropped.has('pin in Postgres');
  const late = bounds.late && row === 'expired';
  if (row === 'confirmed') {
    payers[buyer].step = 'served';
    return undefined;
  }
  if (late && !dropped.has('late payment holds again')) {
    payers[buyer].step = 'hold again';
    return undefined;
  }
  if (row !== 'checkout' && !(unpinned && row === 'held') && !late) {
    payers[buyer].step = 'refuse';
    return undefined;
  }
  if (postgres.sold !== null && postgres.sold !== buyer) {
    payers[buyer].step = 'refuse';
    return 'the last fence is all that keeps a unit from being sold twice';
  }
  postgres.rows[buyer] = 'confirmed';
  postgres.sold = buyer;
  tell(s, 'settle', buyer);
  payers[buyer].step = 'served';
  s.told[buyer] = false;
  return undefined;
}

function refuse(s: State, buyer: Buyer): void {
  const payer = s.payers[buyer];
  if (s.postgres.rows[buyer] === 'confirmed') {
    payer.step = 'served';
    return;
  }
  if (s.paid[buyer] === 'yes') s.paid[buyer] = 'refunded';
  payer.step = 'refused';
}

/** The payment window is over, or its customer gives up: Postgres first, and a fact that frees the unit. Only time makes late. */
function voidRow(s: State, buyer: Buyer, { late }: Bounds): void {
  s.postgres.rows[buyer] = late ? 'expired' : 'released';
  tell(s, 'void', buyer);
  s.told[buyer] = false;
}

function cancel(s: State, buyer: Buyer): void {
  s.postgres.sold = null;
  s.postgres.restocked[buyer] = true;
  tell(s, s.postgres.again[buyer] === 'confirmed' ? 'restock-again' : 'restock', buyer);
  s.paid[buyer] = 'refunded';
}
