import { BUYERS, type Both, type Buyer, type Fact, type State } from './state.js';

type Redis = State['redis'];
type Books = Omit<State['postgres'], 'facts' | 'epoch' | 'run'>;

/**
 * A state as a short text: the same for two states that differ in nothing but the names of the buyers. By hand, because
 * what walks through hundreds of thousands of states does little else.
 */
export function keyOf(state: State): string {
  const text = encode(state, 0, 1);
  const other = encode(state, 1, 0);
  return text < other ? text : other;
}

function encode(s: State, a: Buyer, b: Buyer): string {
  const both = (pair: Both<unknown>): string => `${short(pair[a])}${short(pair[b])}`;
  const name = (buyer: Buyer | null): string => (buyer === null ? '-' : buyer === a ? '0' : '1');
  const books = (of: Books): string =>
    `${both(of.rows)}${both(of.sequences)}${name(of.sold)}${both(of.restocked)}${both(of.again)}${both(of.prolonged)}${of.capacity}${of.version}`;
  const redis = (of: Redis): string =>
    `${short(of.built)}${of.run}${of.epoch}${of.unit[0] ?? ''}${of.unit.length}${name(of.owner)}${short(of.again)}${both(of.prolonged)}${of.version}${of.sequence}${both(of.ended)}${both(of.restocks)}`;
  const facts = s.postgres.facts
    .map((fact) => `${FACTS[fact.slice(0, -2) as Fact]}${name(fact.endsWith('0') ? 0 : 1)}`)
    .sort()
    .join('');
  const people = [a, b].map((buyer) => {
    const { step, epoch, sequence, redelivered } = s.workers[buyer];
    const payer = s.payers[buyer];
    return `${step[0] ?? ''}${epoch}${sequence}${short(redelivered)}${STEPS[payer.step]}${payer.epoch}`;
  });
  const { read } = s.guardian;
  const guardian = read === null || read === 'begun' ? String(read) : `${books(read)}e${read.epoch}r${read.run}`;
  const operator = [s.withdrawing, s.supplying].map((one) => (one ? Object.values(one).join('') : '-')).join('');
  return [
    `${books(s.postgres)}${s.postgres.epoch}${s.postgres.run}${facts}|${redis(s.redis)}|${people.join('')}|${both(s.releasing)}${both(s.extending)}`,
    `${operator}${s.changes}|${guardian}|${both(s.passed.redis)}${both(s.passed.postgres)}${both(s.told)}${both(s.promised)}${both(s.paid)}`,
    `${s.copy ? redis(s.copy) : ''}|${s.faults.crashes}${s.faults.losses}${s.faults.regressions}`,
  ].join('|');
}

const FACTS: Record<Fact, string> = {
  ...{ settle: 's', void: 'v', restock: 'r', 'settle-again': 'S', 'void-again': 'V', 'restock-again': 'R' },
};

const STEPS: Record<State['payers'][Buyer]['step'], string> = {
  ...{ away: 'a', pin: 'p', journal: 'j', pay: 'y', confirm: 'c', refuse: 'f', served: 's', refused: 'r' },
  ...{ 'hold again': 'H', 'journal again': 'J', 'pin again': 'P', 'journal the pin again': 'Q', order: 'O' },
};

/** Rows and payments begin with different letters; 'refunded' and 'released' never stand in one place. */
function short(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, 2);
  return value === true ? 't' : value === false ? 'f' : String(value);
}

/** All of it, so that the copy may be changed. */
export function copyOf(s: State): State {
  const { postgres, redis, workers, payers, guardian, passed, copy } = s;
  const { read } = guardian;
  return {
    postgres: { ...copyOfBooks(postgres), facts: postgres.facts, epoch: postgres.epoch, run: postgres.run },
    redis: copyOfRedis(redis),
    workers: [{ ...workers[0] }, { ...workers[1] }],
    payers: [{ ...payers[0] }, { ...payers[1] }],
    ...{ releasing: [...s.releasing], extending: [...s.extending] },
    ...{ withdrawing: s.withdrawing && { ...s.withdrawing }, supplying: s.supplying && { ...s.supplying } },
    changes: s.changes,
    // Nobody changes what was read.
    guardian: { read },
    passed: { redis: [...passed.redis], postgres: [...passed.postgres] },
    ...{ told: [...s.told], promised: [...s.promised], paid: [...s.paid] },
    copy: copy && copyOfRedis(copy),
    faults: { ...s.faults },
  };
}

function copyOfBooks(of: Books): Books {
  return {
    ...{ rows: [...of.rows], sequences: [...of.sequences], sold: of.sold, restocked: [...of.restocked] },
    ...{ again: [...of.again], prolonged: [...of.prolonged], capacity: of.capacity, version: of.version },
  };
}

function copyOfRedis(of: Redis): Redis {
  return { ...of, prolonged: [...of.prolonged], ended: [...of.ended], restocks: [...of.restocks] };
}

/** A deadline of a reservation that is over is as good as none. */
export function forgetDeadlines(state: State): void {
  for (const buyer of BUYERS) {
    const over =
      state.redis.owner !== buyer && state.workers[buyer].step === 'done' && state.postgres.rows[buyer] !== 'held';
    if (over) state.passed.redis[buyer] = state.passed.postgres[buyer] = 0;
  }
}
