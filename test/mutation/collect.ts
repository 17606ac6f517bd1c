import { expect } from 'expect';
import { ModuleMocker } from 'jest-mock';

type Body = () => unknown;

export interface Suite {
  readonly name: string;
  readonly parent: Suite | null;
  readonly hooks: Record<'beforeAll' | 'beforeEach' | 'afterEach' | 'afterAll', Body[]>;
  readonly parts: (Suite | Test)[];
}

export interface Test {
  readonly name: string;
  readonly suite: Suite;
  readonly body: Body;
}

const suiteOf = (name: string, parent: Suite | null): Suite => ({
  ...{ name, parent, parts: [], hooks: { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] } },
});

let current = suiteOf('', null);

/**
 * Reads a test file as Jest would and keeps its tests, so that they can be run again and again in one process: a start
 * of Jest takes longer than most mutants live.
 */
export async function collect(path: string): Promise<Suite> {
  current = suiteOf('', null);
  const root = current;
  await import(path);
  return root;
}

export const isSuite = (part: Suite | Test): part is Suite => 'parts' in part;

export const nameOf = ({ name, suite }: Test): string =>
  [...pathTo(suite).map((each) => each.name), name].join(' › ').slice(3);

/** The suites around, from the file on. */
export function pathTo(suite: Suite): Suite[] {
  return suite.parent ? [...pathTo(suite.parent), suite] : [suite];
}

function describe(name: string, body: Body): void {
  const outer = current;
  current = suiteOf(name, outer);
  outer.parts.push(current);
  body();
  current = outer;
}

function it(name: string, body: Body): void {
  current.parts.push({ name, suite: current, body });
}

/** Names are numbered: they only have to differ. */
const each =
  (add: (name: string, body: Body) => void) =>
  (rows: readonly unknown[]) =>
  (name: string, body: (...row: unknown[]) => unknown): void =>
    rows.forEach((row, at) =>
      add(`${name} ${at + 1}`, () => body(...(Array.isArray(row) ? (row as unknown[]) : [row]))),
    );

const hook = (kind: keyof Suite['hooks']) => (body: Body) => void current.hooks[kind].push(body);

const mocks = new ModuleMocker(globalThis);

export const restoreMocks = (): void => mocks.restoreAllMocks();

/** What test files find without importing it. Matchers and mocks are Jest's own. */
export function installGlobals(): void {
  Object.assign(globalThis, {
    ...{
      describe: Object.assign(describe, { each: each(describe) }),
      it: Object.assign(it, { each: each(it) }),
      test: it,
    },
    ...{ beforeAll: hook('beforeAll'), beforeEach: hook('beforeEach') },
    ...{ afterEach: hook('afterEach'), afterAll: hook('afterAll'), expect },
    jest: { fn: mocks.fn.bind(mocks), spyOn: mocks.spyOn.bind(mocks), restoreAllMocks: restoreMocks },
  });
}
