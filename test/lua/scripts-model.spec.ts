import fc from 'fast-check';
import { testRedisUrl } from '../stores.js';
import { STEP_KINDS, type Step, type StepKind } from './twin/steps.js';
import { Walks } from './twin/walk.js';

const LANES = 4;
const COMMANDS = Number(process.env['MODEL_COMMANDS'] ?? 200_000);
/** A machine that is busy elsewhere walks less far in CI; how far is printed. */
const SECONDS_MAX = Number(process.env['MODEL_SECONDS'] ?? 150);
const SEED = 4_711;
const STEPS = { maxLength: 120 };
/** Who asks only whether there is a difference needs no shortest way to it. */
const SHRINK = process.env['MODEL_SHRINK'] !== 'false';
/** Of some sixty commands each. */
const RUNS_PER_SEED = Math.min(50, Math.ceil(COMMANDS / LANES / 60));
const LIMIT_MS = 60_000 + SECONDS_MAX * 2_000;

/** Steps that fill a sale come oftener than those that look at it. */
const WEIGHTS: Partial<Record<StepKind, number>> = {
  ...{ ask: 14, decide: 12, announce: 9, extend: 4, pin: 6, settle: 4, restock: 4, rehold: 3, pass: 5, reopen: 5 },
  ...{ release: 3, void: 3, supply: 3, record: 2, expire: 2, overdue: 2 },
};

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(...STEP_KINDS.map((kind) => ({ weight: WEIGHTS[kind] ?? 1, arbitrary: fc.constant(kind) }))),
  dice: fc.tuple(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000)),
});

let walks: Walks;
beforeAll(async () => (walks = await Walks.open(testRedisUrl())));
afterAll(() => walks.close());

/** The same ways each time; MODEL_SEED walks others, and fast-check prints the shortest one that fails. */
it(
  'every script answers and leaves what its twin says, whatever came before',
  async () => {
    const first = Number(process.env['MODEL_SEED'] ?? SEED);
    const began = performance.now();
    let [next, taken, toldAt, differs] = [first, 0, began, false];
    const walk = fc.asyncProperty(fc.array(step, { ...STEPS, size: 'max' }), async (steps) => {
      await walks.walk(steps).catch((error: unknown) => {
        differs = true;
        throw error;
      });
      taken += steps.length;
    });
    const lane = async (): Promise<void> => {
      while (!differs && taken < COMMANDS && performance.now() - began < SECONDS_MAX * 1_000) {
        await fc.assert(walk, { seed: next++, numRuns: RUNS_PER_SEED, endOnFailure: !SHRINK });
        if (performance.now() - toldAt < 10_000) continue;
        toldAt = performance.now();
        process.stdout.write(`scripts model: ${taken} of ${COMMANDS} commands, no difference\n`);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    process.stdout.write(`scripts model: ${taken} commands from seed ${first} in ${seconds} s\n`);
  },
  LIMIT_MS,
);
