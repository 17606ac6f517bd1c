import { explore } from './explore.js';
import { type Bounds, type Rule, RULES } from './rules.js';

/** Tens of thousands of states each. */
const FULL = process.env['PROTOCOL'] === 'full';
const WALK_MS_MAX = FULL ? 7_200_000 : 600_000;
const NOTHING: Bounds = {
  ...{ deadlines: false, extensions: false, late: false, changes: 0 },
  ...{ crashes: 0, losses: 0, regressions: 0 },
};
const LOSS = { ...NOTHING, losses: 1 };
/** What everybody may do at any time: hold, release, pin, pay, void, cancel with restock, meet a job that is delivered again. */
const ALONE: [string, Bounds][] = [
  ['deadlines that pass by two clocks', { ...NOTHING, deadlines: true }],
  ['a crash', { ...NOTHING, crashes: 1 }],
  ['the loss of Redis', LOSS],
  ['extensions', { ...NOTHING, extensions: true }],
  ['payments that are late and hold again', { ...NOTHING, late: true }],
  ['a capacity that changes', { ...NOTHING, changes: 1 }],
];
/** Faults that strike in one walk: millions of states, for `npm run check:deep`. */
const TOGETHER: [string, Bounds][] = [
  ['a capacity that goes down and up', { ...NOTHING, changes: 2 }],
  ['a crash and deadlines', { ...NOTHING, deadlines: true, crashes: 1 }],
  ['a crash and the loss of Redis', { ...LOSS, crashes: 1 }],
  ['extensions and deadlines', { ...NOTHING, extensions: true, deadlines: true }],
  ['extensions and the loss of Redis', { ...LOSS, extensions: true }],
  ['late payments and a crash', { ...NOTHING, late: true, crashes: 1 }],
  ['a changing capacity and a crash', { ...NOTHING, changes: 2, crashes: 1 }],
  ['a changing capacity and the loss of Redis', { ...LOSS, changes: 1 }],
];

describe('the protocol, walked through to its last state', () => {
  it.each(FULL ? [...ALONE, ...TOGETHER] : ALONE)(
    'keeps every promise with %s',
    (what, bounds) => {
      const { states, violations } = explore(new Set(), bounds);
      if (FULL) process.stdout.write(`protocol: ${states} states with ${what}\n`);
      expect(Object.fromEntries(violations)).toEqual({});
      expect(states).toBeGreaterThan(10_000);
    },
    WALK_MS_MAX,
  );
});

/** What shows the need of a rule; of every other the loss of Redis does. */
const SHOWN_BY: Partial<Record<Rule, Bounds>> = {
  'compare the run': { ...NOTHING, regressions: 1 },
  'extend in Postgres as well': { ...LOSS, extensions: true, deadlines: true },
  'late payment holds again': { ...NOTHING, late: true },
  'withdraw in Redis first': { ...NOTHING, changes: 1 },
  'supply in Postgres first': { ...NOTHING, changes: 2 },
  'stock has a version': { ...NOTHING, changes: 3 },
};

describe('the protocol without a rule breaks a promise:', () => {
  it.each(Object.keys(RULES) as Rule[])(
    '%s',
    (rule) => {
      expect(explore(new Set([rule]), SHOWN_BY[rule] ?? LOSS, true).violations.size).toBeGreaterThan(0);
    },
    WALK_MS_MAX,
  );
});
