import { explore } from './explore.js';
import { type Bounds, type Rule, RULES } from './rules.js';

/** Tens of thousands of states each. */
const FULL = process.env['PROTOCOL'] === 'full';
const WALK_MS_MAX = FULL ? 7_200_000 : 240_000;
const NOTHING: Bounds = { deadlines: false, crashes: 0, losses: 0, regressions: 0 };
const LOSS = { ...NOTHING, losses: 1 };
/** Faults that strike in one walk: millions of states, for `npm run check:deep`. */
const TOGETHER: [string, Bounds][] = [
  ['a crash and deadlines', { ...NOTHING, deadlines: true, crashes: 1 }],
  ['a crash and the loss of Redis', { ...LOSS, crashes: 1 }],
];

describe('the protocol, walked through to its last state', () => {
  it.each([
    ['deadlines that pass by two clocks', { ...NOTHING, deadlines: true }],
    ['a crash', { ...NOTHING, crashes: 1 }],
    ['the loss of Redis', LOSS],
    ...(FULL ? TOGETHER : []),
  ] as [string, Bounds][])(
    'keeps every promise with %s',
    (_, bounds) => {
      const { states, violations } = explore(new Set(), bounds);
      expect(Object.fromEntries(violations)).toEqual({});
      expect(states).toBeGreaterThan(10_000);
    },
    WALK_MS_MAX,
  );
});

describe('the protocol without a rule breaks a promise:', () => {
  it.each(Object.keys(RULES) as Rule[])(
    '%s',
    (rule) => {
      // A Redis that comes back older is what this one rule is for; the loss of Redis shows the need of every other.
      const bounds = rule === 'compare the run' ? { ...NOTHING, regressions: 1 } : LOSS;
      expect(explore(new Set([rule]), bounds, true).violations.size).toBeGreaterThan(0);
    },
    WALK_MS_MAX,
  );
});
