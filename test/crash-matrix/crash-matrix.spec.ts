import { CRASH_POINTS, type CrashPoint } from '../../src/crash-points.js';
import { bundleApp } from '../e2e/bundle.js';
import { type CrashCase, type Fault, NeverStruck, runCase } from './crash-case.js';
import { CHECKOUT } from './rows/checkout.js';
import { OPERATORS } from './rows/operators.js';
import { PAYMENTS } from './rows/payments.js';
import { SALES } from './rows/sales.js';
import { SUPPLY } from './rows/supply.js';
import { RESERVATIONS } from './rows/reservations.js';
import { Lanes } from './lanes.js';
import { Stage } from './stage.js';
import type { Transition } from './transition.js';

const TRANSITIONS: Transition[] = [...RESERVATIONS, ...CHECKOUT, ...PAYMENTS, ...SUPPLY, ...SALES, ...OPERATORS];
const LANES = 2;
/** A case takes a fraction of a second; a machine that is busy with other tests may take far longer. */
const CASE_MS_MAX = 240_000;

const nameOf = ({ transition, at, fault }: CrashCase): string =>
  fault === 'none' ? transition.name : `${transition.name}: ${fault} ${transition.order[at]}`;

const FAULTS: Fault[] = ['kill', 'stop', 'cut', 'lose'];

function befalls(fault: Fault, { struckAt, redisAway, outlivesRedis }: Transition, point: CrashPoint): boolean {
  if (struckAt && !struckAt.includes(point)) return false;
  if (fault === 'lose') return outlivesRedis === true;
  // Nothing is written next, or nothing arrives.
  const isUnheard = CRASH_POINTS[point] === 'answer' || (redisAway === true && CRASH_POINTS[point] === 'redis');
  return fault !== 'cut' || !isUnheard;
}

/** Every transition undisturbed, and every fault in every gap of each. */
const EVERY: CrashCase[] = [
  ...TRANSITIONS.map((transition): CrashCase => ({ transition, at: 0, fault: 'none' })),
  ...TRANSITIONS.flatMap((transition) =>
    transition.order.flatMap((point, at) =>
      FAULTS.filter((fault) => befalls(fault, transition, point)).map((fault) => ({ transition, at, fault })),
    ),
  ),
];

const gapOf = ({ transition: { order, redisAway }, at }: CrashCase): string =>
  [order[at - 1], order[at], redisAway].join();
const GAPS = [...new Set(EVERY.filter(({ fault }) => fault !== 'none').map(gapOf))];

/**
 * Of transitions that share a gap, which is known by the writes around it, the first is struck there: by a kill in every gap,
 * and by a stop and a cut in every other one in turn.
 */
function isStruck(one: CrashCase, i: number): boolean {
  if (one.fault === 'none') return true;
  const first = EVERY.findIndex((other) => other.fault === one.fault && gapOf(other) === gapOf(one));
  const isTurn = GAPS.indexOf(gapOf(one)) % 2 === (one.fault === 'stop' ? 0 : 1);
  return first === i && (isTurn || one.fault === 'kill' || one.fault === 'lose');
}

/** What a loss of Redis leaves is the same behind most gaps: in these two Postgres alone must know how far it was. */
const isWorthLosing = ({ transition: { order }, at, fault }: CrashCase): boolean =>
  fault !== 'lose' || /^(stock|late)/.test(`${order[at]}`) || /^(stock|late)/.test(`${order[at - 1]}`);

/** CRASH_MATRIX=all strikes everywhere; CRASH_MATRIX=hold, say, wherever the name of a case contains it. */
const WANTED = process.env['CRASH_MATRIX'];
const CASES = EVERY.filter((one, i) => {
  if (WANTED !== undefined) return WANTED === 'all' || nameOf(one).includes(WANTED);
  return isStruck(one, i) && isWorthLosing(one);
});

const lanes = new Lanes<Stage, CrashCase>(CASES, runCase, (error) => error instanceof NeverStruck);
beforeAll(async () => {
  const bundle = await bundleApp('test/crash-matrix/app-to-strike.mjs');
  await lanes.open(Array.from({ length: LANES }, () => () => Stage.open(bundle)));
}, CASE_MS_MAX);
afterAll(() => lanes.close());

describe('a process that is struck between two writes', () => {
  it.each(CASES.map((one): [string, CrashCase] => [nameOf(one), one]))(
    '%s',
    (_name, one) => lanes.outcomeOf(one),
    CASE_MS_MAX,
  );
});

describe('the list of crash points', () => {
  it('has none that no transition passes', () => {
    const passed = new Set(TRANSITIONS.flatMap(({ order }) => order));
    expect((Object.keys(CRASH_POINTS) as CrashPoint[]).filter((point) => !passed.has(point))).toEqual(['hold.done']);
  });
});
