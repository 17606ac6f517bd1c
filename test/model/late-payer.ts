import { type Action, type Dropped, has, isOpen, tell } from './step.js';
import type { Buyer, State } from './state.js';

/**
 * rehold in Redis → journal → pin in Redis → pin in Postgres → one transaction that confirms both and writes the order. Of
 * the hold nobody is told, so that to announce it is nothing but the pin. Whoever is cut off begins again and meets it.
 */
export function lateActions(state: State, buyer: Buyer, dropped: Dropped): Action[] {
  const payer = state.payers[buyer];
  const row = state.postgres.again[buyer];
  const open = isOpen(state, dropped);
  const steps: Action[] = [];
  const step = (name: string, apply: Action['apply']): number => steps.push({ name: `${name} ${buyer}`, apply });
  if (payer.step === 'hold again' && open) step('hold again for', (s) => holdAgain(s, buyer));
  if (payer.step === 'journal again') step('journal again for', (s) => journalAgain(s, buyer, dropped));
  if (payer.step === 'pin again' && open) step('pin again for', (s) => pinAgain(s, buyer));
  if (payer.step === 'journal the pin again')
    step('journal the pin again for', (s) => journalPinAgain(s, buyer, dropped));
  if (payer.step === 'order') step('order for', (s) => order(s, buyer));
  if (row === 'checkout') step('void what was held again for', (s) => endAgain(s, buyer));
  // Nobody asks for it any more.
  if (row === 'held' && open && payer.step === 'refused' && has(state.redis, buyer, true, 'held', 'decided'))
    step('expire what was held again for', (s) => endAgain(s, buyer));
  return steps;
}

function holdAgain(s: State, buyer: Buyer): void {
  const { redis, postgres } = s;
  const payer = s.payers[buyer];
  // What was pinned is given back first, as the fact would.
  if (has(redis, buyer, false, 'checkout')) Object.assign(redis, { unit: 'free', owner: null });
  const row = postgres.again[buyer];
  if (row !== 'none' && row !== 'held' && row !== 'checkout') payer.step = 'refuse';
  else if (has(redis, buyer, true, 'decided')) Object.assign(payer, { step: 'journal again', epoch: redis.epoch });
  else if (has(redis, buyer, true, 'held', 'checkout')) payer.step = 'pin again';
  else if (redis.unit !== 'free') payer.step = 'refuse';
  else {
    Object.assign(redis, { unit: 'decided', owner: buyer, again: true });
    redis.sequence++;
    Object.assign(payer, { step: 'journal again', epoch: redis.epoch });
  }
}

function journalAgain(s: State, buyer: Buyer, dropped: Dropped): void {
  const { payers, postgres } = s;
  const { epoch } = payers[buyer];
  payers[buyer].epoch = 0;
  if (epoch !== postgres.epoch && !dropped.has('journal in the epoch')) {
    payers[buyer].step = 'hold again';
    return;
  }
  if (postgres.again[buyer] === 'none') {
    postgres.again[buyer] = 'held';
    postgres.sequences[buyer] = s.redis.sequence;
  }
  payers[buyer].step = 'pin again';
}

function pinAgain(s: State, buyer: Buyer): void {
  if (!has(s.redis, buyer, true, 'decided', 'held', 'checkout')) {
    s.payers[buyer].step = 'hold again';
    return;
  }
  s.redis.unit = 'checkout';
  Object.assign(s.payers[buyer], { step: 'journal the pin again', epoch: s.redis.epoch });
}

function journalPinAgain(s: State, buyer: Buyer, dropped: Dropped): void {
  const { payers, postgres } = s;
  const { epoch } = payers[buyer];
  payers[buyer].epoch = 0;
  if (epoch !== postgres.epoch && !dropped.has('journal in the epoch')) {
    payers[buyer].step = 'pin again';
    return;
  }
  if (postgres.again[buyer] === 'held') postgres.again[buyer] = 'checkout';
  payers[buyer].step = postgres.again[buyer] === 'checkout' ? 'order' : 'refuse';
}

function order(s: State, buyer: Buyer): string | undefined {
  const { postgres, payers } = s;
  if (postgres.again[buyer] !== 'checkout') {
    payers[buyer].step = 'refuse';
    return undefined;
  }
  if (postgres.sold !== null) return 'the last fence is all that keeps a unit from being sold twice';
  postgres.again[buyer] = postgres.rows[buyer] = 'confirmed';
  postgres.sold = buyer;
  tell(s, 'settle-again', buyer);
  payers[buyer].step = 'served';
  return undefined;
}

function endAgain(s: State, buyer: Buyer): void {
  s.postgres.again[buyer] = 'expired';
  tell(s, 'void-again', buyer);
}
