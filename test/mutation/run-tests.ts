import { isSuite, nameOf, pathTo, type Suite, type Test } from './collect.js';

/**
 * A script that never ends has been noticed, mostly long before: commands have a timeout of their own. A test that passes
 * in a tenth of a second and waits ten for what never comes has noticed as well.
 */
const MS_MAX = 30_000;
const SHORlimitMs = 8_000;
const SLOWER_AT_MOST = 20;
/** A process that stands still while the machine is busy elsewhere has not waited. */
const TICK_MS = 100;

export interface Watch {
  /** Before a hook that cleans up after a failure, and after each test with its outcome. */
  onFailure?: (name: string, error: unknown) => Promise<void>;
  onTest?: (name: string, ms: number) => Promise<void>;
  onSuite?: (names: string[]) => Promise<void>;
}

/** Tests by name, each with how long it took when it passed. */
export type Wanted = ReadonlyMap<string, number>;

export interface Outcome {
  failed: string | null;
  error: unknown;
  /** What follows cannot be trusted: a hook that cleans up has failed. */
  unclean: boolean;
}

/** Runs the wanted tests of a file in their order, up to the first that fails. */
export async function runTests(root: Suite, wanted: Wanted | null, watch: Watch = {}): Promise<Outcome> {
  const outcome: Outcome = { failed: null, error: null, unclean: false };
  await runSuite(root, wanted, outcome, watch);
  return outcome;
}

async function runSuite(suite: Suite, wanted: Wanted | null, outcome: Outcome, watch: Watch): Promise<void> {
  const inside = testsOf(suite).map(nameOf);
  if (wanted && !inside.some((name) => wanted.has(name))) return;
  const fail = async (name: string, error: unknown): Promise<void> => {
    if (outcome.failed !== null) return;
    Object.assign(outcome, { failed: name, error });
    await watch.onFailure?.(name, error);
  };
  try {
    for (const body of suite.hooks.beforeAll) await within(MS_MAX, body);
    await watch.onSuite?.(inside);
    for (const part of suite.parts) {
      if (outcome.failed !== null) break;
      if (isSuite(part)) await runSuite(part, wanted, outcome, watch);
      else if (!wanted || wanted.has(nameOf(part)))
        await runTest(part, limitOf(wanted?.get(nameOf(part))), fail, watch);
    }
  } catch (error) {
    await fail(inside.find((name) => !wanted || wanted.has(name)) ?? suite.name, error);
  }
  for (const body of suite.hooks.afterAll)
    await within(MS_MAX, body).catch(async (error: unknown) => {
      if (outcome.failed === null) await fail(inside.at(-1) ?? '', error);
      outcome.unclean = true;
    });
}

const limitOf = (ms?: number): number =>
  ms === undefined ? MS_MAX : Math.min(MS_MAX, SHORlimitMs + SLOWER_AT_MOST * ms);

type Fail = (name: string, error: unknown) => Promise<void>;

async function runTest(test: Test, limitMs: number, fail: Fail, watch: Watch): Promise<void> {
  const name = nameOf(test);
  const suites = pathTo(test.suite);
  const began = performance.now();
  try {
    for (const body of suites.flatMap(({ hooks }) => hooks.beforeEach)) await within(limitMs, body);
    await within(limitMs, test.body);
  } catch (error) {
    await fail(name, error);
  }
  for (const body of suites.reverse().flatMap(({ hooks }) => hooks.afterEach))
    await within(limitMs, body).catch((error: unknown) => fail(name, error));
  await watch.onTest?.(name, performance.now() - began);
}

export function testsOf(suite: Suite): Test[] {
  return suite.parts.flatMap((part) => (isSuite(part) ? testsOf(part) : [part]));
}

async function within(ms: number, body: () => unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    let waited = 0;
    timer = setInterval(() => {
      waited += TICK_MS;
      if (waited >= ms) reject(new Error(`not over within ${ms} ms`));
    }, TICK_MS);
  });
  try {
    await Promise.race([Promise.resolve().then(body), late]);
  } finally {
    clearInterval(timer);
  }
}
