import { actionsOf } from './actions.js';
import { copyOf, forgetDeadlines, keyOf } from './encode.js';
import { faultsOf } from './faults.js';
import { atRest, broken } from './invariants.js';
import type { Bounds, Rule } from './rules.js';
import { beginning, type State } from './state.js';

export interface Explored {
  states: number;
  /** The first way to each violation that was found: its sentence, and the steps that lead there. */
  violations: Map<string, string[]>;
}

/**
 * Walks through every state that the protocol can reach within these bounds, depth first. With `stop` it ends at the
 * first violation, which is enough to show that a rule is needed.
 */
export function explore(dropped: ReadonlySet<Rule>, bounds: Bounds, stop = false): Explored {
  const first = beginning();
  const from = new Map<string, { before: string | null; step: string }>([[keyOf(first), { before: null, step: '' }]]);
  const violations = new Map<string, string[]>();
  const open: State[] = [first];
  const note = (sentence: string, key: string, step?: string): void => {
    if (!violations.has(sentence)) violations.set(sentence, [...pathTo(from, key), ...(step ? [step] : [])]);
  };
  let [taken, oldest] = [0, 0];
  /** Deep and broad in turn, when one violation is enough: some lie near, others far. */
  const takeOne = (): State | undefined => {
    if (open.length === oldest) return undefined;
    return stop && taken++ % 2 === 0 ? open[oldest++] : open.pop();
  };
  for (let state = takeOne(); state; state = takeOne()) {
    const key = keyOf(state);
    const steps = actionsOf(state, dropped, bounds);
    if (steps.length === 0) for (const sentence of atRest(state)) note(sentence, key);
    for (const { name, apply } of [...steps, ...faultsOf(state, bounds)]) {
      const next = copyOf(state);
      const said = apply(next);
      for (const sentence of [...broken(next), ...(typeof said === 'string' ? [said] : [])]) note(sentence, key, name);
      forgetDeadlines(next);
      const nextKey = keyOf(next);
      if (from.has(nextKey)) continue;
      from.set(nextKey, { before: key, step: name });
      open.push(next);
    }
    if (stop && violations.size > 0) break;
  }
  return { states: from.size, violations };
}

function pathTo(from: ReadonlyMap<string, { before: string | null; step: string }>, key: string): string[] {
  const came = from.get(key);
  if (!came || came.before === null) return [];
  return [...pathTo(from, came.before), came.step];
}
