import type { Mutant } from './mutants.js';
import { placeOf } from './trace.js';
import type { Attempt, BaselineTest } from './worker.js';

/** The walk beside the twin needs no Postgres, and mostly finds a difference in its first hundred steps. */
const FIRST = /scripts-model/;

/** Which tests to run on a mutant: those that reach it, the likeliest to notice it first. */
export class Plan {
  private readonly reaching = new Map<string, BaselineTest[]>();
  private readonly kills = new Map<string, number>();

  constructor(tests: readonly BaselineTest[]) {
    for (const test of tests)
      for (const place of test.reached) this.reaching.set(place, [...(this.reaching.get(place) ?? []), test]);
  }

  attemptsOn({ file, statement }: Mutant): Attempt[] {
    const tests = this.reaching.get(placeOf(file, statement)) ?? [];
    const killer = [...tests].sort((a, b) => this.score(file, b) - this.score(file, a))[0];
    const specs = new Map<string, BaselineTest[]>();
    for (const test of tests) specs.set(test.spec, [...(specs.get(test.spec) ?? []), test]);
    const cost = (of: readonly BaselineTest[]): number => of.reduce((sum, { ms }) => sum + ms, 200);
    const gain = (of: readonly BaselineTest[]): number => of.reduce((sum, test) => sum + this.score(file, test), 1);
    const order = [...specs.values()].sort((a, b) => rank(a) - rank(b) || gain(b) / cost(b) - gain(a) / cost(a));
    const attempts = order.map((of) => ({ spec: of[0]?.spec ?? '', tests: of.map(timed) }));
    return killer && this.score(file, killer) > 1
      ? [{ spec: killer.spec, tests: [timed(killer)] }, ...attempts]
      : attempts;
  }

  learn(file: string, killer: { spec: string; name: string }): void {
    const key = keyOf(file, killer);
    this.kills.set(key, (this.kills.get(key) ?? 0) + 1);
  }

  private score(file: string, test: { spec: string; name: string }): number {
    return this.kills.get(keyOf(file, test)) ?? 0;
  }
}

const timed = ({ name, ms }: BaselineTest): [string, number] => [name, ms];
const rank = ([first]: readonly BaselineTest[]): number => (FIRST.test(first?.spec ?? '') ? 0 : 1);
const keyOf = (file: string, { spec, name }: { spec: string; name: string }): string => `${file} ${spec} ${name}`;
