import {
  bareCounters,
  call,
  type Call,
  choose,
  CUSTOMERS,
  type Dice,
  grouped,
  isDecided,
  isPinned,
  isTold,
  pick,
  tailOf,
  TIMES,
  wishesFor,
} from './choices.js';
import * as holding from './holding.js';
import * as keeping from './keeping.js';
import { linesText, type TwinLine } from './records.js';
import { EPOCH, type Twin } from './twin.js';

/** Three dice that say on what a step is taken; a step means something whatever came before it. */
export interface Step {
  readonly kind: StepKind;
  readonly dice: Dice;
}

export const STEP_KINDS = [
  'ask',
  'decide',
  'announce',
  'undo',
  'release',
  'extend',
  'pin',
  'void',
  'settle',
  'restock',
  'rehold',
  'expire',
  'overdue',
  'supply',
  'record',
  'withdraw',
  'block',
  'configure',
  'reopen',
  'erase',
  'forget',
  'availability',
  'view',
  'auditEnded',
  'auditHolds',
  'auditSku',
  'requestsOf',
  'beat',
  'staleEpoch',
  'closeOlder',
  'openOlder',
  'pass',
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

const STEPS: Record<StepKind, (twin: Twin, dice: Dice) => Call> = {
  ask: (twin, [a, b, c]) => {
    const known = [...twin.requests.keys()];
    const again = a % 7 === 0 ? pick(known, b) : undefined;
    const customer = CUSTOMERS[a % 3] ?? 'ann';
    const tail = again ?? tailOf(twin.requests.size + twin.sequence * 100 + (twin.now % 97));
    const ask = { tail, customer, mode: c % 3 === 0 ? 'partial' : 'all', lines: wishesFor([b, c, a]) };
    const args = [tail, customer, ask.mode, 'print', ask.lines, 'req', ''];
    const twice = b % 11 === 0;
    return call('accept', twice ? [...args, ...args] : args, holding.accept(twin, twice ? [ask, ask] : [ask]));
  },
  decide: (twin, [a, b]) => {
    const undecided = [...twin.queued.keys()].slice(-1 - (a % 4));
    const others = b % 4 === 0 ? [choose(twin, () => true, b), ...undecided.slice(0, 1)] : [];
    const tails = [...undecided, ...others];
    return tails.length === 0 ? STEPS.ask(twin, [a, b, a]) : call('hold', tails, holding.hold(twin, tails));
  },
  announce: (twin, [a]) => {
    const decided = [...twin.holds].filter(([, hold]) => isDecided(hold));
    const told = [
      ...decided.map(([tail, { version }]): [string, number] => [tail, a % 6 === 0 ? version + 1 : version]),
    ];
    // hold.lua names each reservation of a batch once, and so does whoever announces.
    const other = choose(twin, isTold, a);
    if (a % 5 === 0 && told.every(([tail]) => tail !== other)) told.push([other, 2]);
    return call('announce', told.flat(), holding.announce(twin, told));
  },
  undo: (twin, [a, b]) => {
    const [tail, why] = [choose(twin, isDecided, a), b % 3 === 0 ? 'row' : b % 3 === 1 ? 'queue-timeout' : 'internal'];
    return call(
      'undo',
      [tail, 2 + (b % 7 === 0 ? 1 : 0), why],
      holding.undo(twin, tail, 2 + (b % 7 === 0 ? 1 : 0), why),
    );
  },
  release: (twin, [a, b]) => {
    const [tail, by] = [choose(twin, isTold, a), byOf(b)];
    return call('release', [tail, by], holding.release(twin, tail, by));
  },
  extend: (twin, [a, b]) => {
    const [tail, by] = [choose(twin, isTold, a), byOf(b)];
    if (b % 3 > 0) return call('extend', [tail, '', by], holding.extend(twin, tail, by));
    const until = twin.now + (b % 8) * 15_000;
    return call('extend', [tail, until, by], holding.extend(twin, tail, by, until));
  },
  pin: (twin, [a]) => {
    const tail = choose(twin, isTold, a);
    return call('pin', [tail], holding.pin(twin, tail));
  },
  void: (twin, [a, b]) => {
    const tail = choose(twin, isPinned, a);
    const version = (twin.holds.get(tail)?.version ?? 3) + (b % 5 === 0 ? 0 : 1);
    const status = b % 2 === 0 ? 'released' : 'expired';
    return call('void', [tail, status, version], holding.voidHold(twin, tail, status, version));
  },
  settle: (twin, [a, b]) => {
    const tail = choose(twin, isPinned, a);
    const version = (twin.holds.get(tail)?.version ?? 3) + (b % 5 === 0 ? 0 : 1);
    return call('settle', [tail, version], holding.settle(twin, tail, version));
  },
  /** What is settled, what is only paid for, and both of them again. */
  restock: (twin, [a, b]) => {
    const pinned = [...twin.holds].filter(([, hold]) => isPinned(hold));
    const bought = twin.sold[a % Math.max(1, twin.sold.length)];
    const [tail, hold] = pick(pinned, a) ?? [];
    if (b % 3 === 0 && tail && hold)
      return restocked(twin, { tail, heldAs: tail, customer: hold.customer, lines: hold.lines });
    if (!bought) return STEPS.settle(twin, [a, b, a]);
    const { customer, ordinal, unit } = bought;
    const lines = [{ ordinal, price: `${ordinal}000`, requested: 1, named: false, units: [unit] }];
    const order = `order-${ordinal}-${unit}-${customer}`.padEnd(32, '_');
    return restocked(twin, { tail: order, heldAs: order, customer, lines });
  },
  rehold: (twin, [a, b]) => {
    const lines: TwinLine[] = [
      {
        ordinal: '1',
        price: '1000',
        requested: 2,
        named: a % 2 === 0,
        units: a % 5 === 0 ? [] : [1 + (a % 6), 1 + ((a + 1) % 6)],
      },
      { ordinal: '2', price: '2000', requested: 1, named: false, units: b % 3 === 0 ? [] : [b % 2 === 0 ? 1 : 256] },
    ];
    const asked = a % 6 === 0 ? choose(twin, () => true, b) : tailOf(10_000 + twin.requests.size);
    const again = { tail: asked, customer: CUSTOMERS[b % 3] ?? 'ann', lines };
    return call('rehold', [asked, again.customer, linesText(lines), 'print'], holding.rehold(twin, again));
  },
  expire: (twin, [a]) => call('expire', [1 + (a % 4)], holding.expire(twin, 1 + (a % 4))),
  overdue: (twin, [a]) => call('overdue', [1 + (a % 4)], holding.overdue(twin, 1 + (a % 4))),
  supply: (twin, [a, b, c]) => {
    const sku = twin.skus[a % 2]!;
    if (b % 2 === 0) change(sku, c);
    if (b % 9 === 0) sku.knownVersion--;
    const args = (pages: readonly string[], first: number, last: boolean): (string | number)[] => [
      ...[sku.ordinal, sku.knownVersion, sku.customerMax, sku.target ?? '', first, last ? 1 : 0, ...pages],
    ];
    const pages = sku.pages();
    const whole = b % 5 > 0;
    const made = call(
      'supply',
      args(whole ? pages : pages.slice(0, 1), 0, whole),
      keeping.supply(sku, whole ? pages : pages.slice(0, 1), whole),
    );
    if (b % 9 === 0) sku.knownVersion++;
    return made;
  },
  record: (twin, [a]) => {
    const sku = twin.skus[a % 2]!;
    if (sku.record()) sku.knownVersion++;
    return STEPS.supply(twin, [a, 1, a]);
  },
  withdraw: (twin, [a, b, c]) => {
    const sku = twin.skus[a % 2]!;
    const [version, as] = [sku.version + (b % 7 === 0 ? 1 : 0), b % 2 === 0 ? 'capacity' : 'withheld'];
    const number = as === 'capacity' ? Math.max(0, sku.capacity - (c % 4)) : c % 4;
    return call('withdraw', [sku.ordinal, version, as, number], keeping.withdraw(twin, sku, version, as, number));
  },
  block: (twin, [a, b, c]) => {
    const sku = twin.skus[a % 2]!;
    const unit = (of: number): number => (a % 2 === 0 ? 1 + (of % 6) : [1, 2, 255, 256, 257, 258][of % 6]!);
    const units = [...new Set([unit(b), ...(c % 3 === 0 ? [unit(c)] : [])])];
    const version = sku.version + (b % 7 === 0 ? 1 : 0);
    return call('block', [sku.ordinal, version, ...units], keeping.block(twin, sku, version, units));
  },
  configure: (twin, [a, b]) => {
    const revision = twin.revision + (a % 4 === 0 ? -1 : 1);
    const status = ['open', 'open', 'open', 'paused', 'closed', 'scheduled'][b % 6] ?? 'open';
    const opensAt = status === 'scheduled' ? twin.now + 5_000 : '';
    const closesAt = a % 5 === 0 ? twin.now + 60_000 : '';
    const settings = { status, opensAt: String(opensAt), closesAt: String(closesAt) };
    if (revision < 1) return STEPS.reopen(twin, [a, b, a]);
    return call(
      'configure',
      [revision, ...Object.entries(settings).flat()],
      keeping.configure(twin, revision, settings),
    );
  },
  reopen: (twin) => {
    const settings = { status: 'open', opensAt: '', closesAt: '' };
    const revision = twin.revision + 1;
    return call(
      'configure',
      [revision, ...Object.entries(settings).flat()],
      keeping.configure(twin, revision, settings),
    );
  },
  erase: (twin, [a]) => {
    const customer = CUSTOMERS[a % 3] ?? 'ann';
    const expected = keeping.erase(twin, customer, `erased-${customer}`);
    return call('erase', ['0', 10_000, customer, `erased-${customer}`], expected, (words) =>
      words[0] === 'busy' ? grouped(1, 1)(words) : words,
    );
  },
  forget: (twin, [a]) => {
    const age = a % 3 === 0 ? 60_000 : 15_000;
    return call('forget', ['0', age, 10_000], keeping.forget(twin, age));
  },
  availability: (twin) => call('availability', [], keeping.availability(twin), (words) => words.map(bareCounters)),
  view: (twin, [a, b]) => {
    const tails = [choose(twin, () => true, a), choose(twin, isTold, b)];
    return call('view', tails, keeping.view(twin, tails));
  },
  auditEnded: (twin, [a, b]) => {
    const tails = [choose(twin, () => true, a), pick([...twin.ended.keys()], b) ?? tailOf(9_999)];
    return call('audit-ended', tails, keeping.auditEnded(twin, tails));
  },
  auditHolds: (twin) =>
    call('audit-holds', ['0', 10_000], keeping.auditHolds(twin), (words) =>
      grouped(4 + twin.skus.length * 2, 3)(words).map(bareCounters),
    ),
  auditSku: (twin, [a]) => {
    const sku = twin.skus[a % 2]!;
    return call('audit-sku', [sku.ordinal, 0, 9], keeping.auditSku(twin, sku), (words) => words.map(bareCounters));
  },
  requestsOf: (twin, [a]) => {
    const customers = [CUSTOMERS[a % 3] ?? 'ann', 'erased-bob'];
    return call('requests-of', ['0', 10_000, ...customers], keeping.requestsOf(twin, customers), grouped(2, 3));
  },
  beat: () => call('beat', [0, 0, 'no'], ['unguarded']),
  staleEpoch: (twin, [a]) => ({ ...call('pin', [choose(twin, isTold, a)], ['stale-epoch']), epoch: EPOCH - 1 }),
  closeOlder: () => call('close-epoch', [], ['older']),
  openOlder: () => call('open-epoch', [0, 0, 0, 0, 0, 'last', 0], ['older']),
  pass: (twin, [a]) => {
    const ms = TIMES[a % TIMES.length] ?? 1;
    twin.now += ms;
    return { ...call('', [], []), text: `${ms} ms pass`, now: twin.now };
  },
};

function restocked(twin: Twin, order: Omit<holding.Restock, 'version'>): Call {
  const version = 5;
  const args = [order.tail, version, order.heldAs, order.customer, linesText(order.lines)];
  return call('restock', args, holding.restock(twin, { ...order, version }));
}

/** What an operator does in Postgres: unblock, number more, aim lower; each is a version. */
function change(sku: Twin['skus'][number], dice: number): void {
  const blocked = sku.known.indexOf('b');
  const noted = sku.notes.has(blocked + 1);
  if (dice % 3 === 0 && blocked >= 0 && !noted) sku.known[blocked] = '1';
  else if (dice % 3 === 1 && sku.known.length < 262) sku.known.push('1');
  else sku.target = dice % 2 === 0 ? null : Math.max(0, sku.capacity - (dice % 5));
  sku.knownVersion++;
}

export const runStep = (twin: Twin, { kind, dice }: Step): Call => STEPS[kind](twin, dice);

/** Who asks and why, as it is noted; or nobody. */
function byOf(b: number): string {
  return b % 2 === 0 ? '' : 'admin:key_twin a reason';
}
