import type { Bounds } from './rules.js';
import { type Action, has } from './step.js';
import { BUYERS, type State } from './state.js';

/** What the world may do at any time: deadlines pass, by each clock for itself; processes die; Redis forgets. */
export function faultsOf(state: State, bounds: Bounds): Action[] {
  return [
    ...(bounds.deadlines ? deadlines(state, bounds) : []),
    ...crashes(state, bounds),
    ...redisFaults(state, bounds),
  ];
}

/** The deadline that was told, and where holds are extended the later one. */
function deadlines(state: State, { extensions }: Bounds): Action[] {
  return BUYERS.flatMap((buyer) => {
    const lives = has(state.redis, buyer, false, 'decided', 'held');
    if (!lives) return [];
    return (['redis', 'postgres'] as const)
      .filter((store) => state.passed[store][buyer] < (extensions ? 2 : 1))
      .map((store) => ({
        name: `the deadline of ${buyer} passes in ${store}`,
        apply: (s: State): number => s.passed[store][buyer]++,
      }));
  });
}

/** What a process had in memory is gone: its job comes again, its caller repeats. */
function crashes(state: State, bounds: Bounds): Action[] {
  if (state.faults.crashes >= bounds.crashes) return [];
  return BUYERS.flatMap((buyer) => {
    const steps: Action[] = [];
    const crash = (name: string, apply: (s: State) => void): number =>
      steps.push({
        name: `${name} ${buyer} dies`,
        apply: (s) => {
          s.faults.crashes++;
          apply(s);
        },
      });
    const { step, redelivered } = state.workers[buyer];
    if (step === 'journal' || step === 'announce')
      crash('the worker of', (s) => void (s.workers[buyer] = { step: 'queued', epoch: 0, sequence: 0, redelivered }));
    if (!['away', 'pin', 'served', 'refused'].includes(state.payers[buyer].step))
      crash(
        'the payer of',
        (s) => void (s.payers[buyer] = { step: s.paid[buyer] === 'yes' ? 'confirm' : 'pin', epoch: 0 }),
      );
    if (state.extending[buyer]) crash('the extender of', (s) => void (s.extending[buyer] = 0));
    if (state.withdrawing && buyer === 0) crash('the operator before', (s) => void (s.withdrawing = null));
    if (state.releasing[buyer]) crash('the releaser of', (s) => void (s.releasing[buyer] = 0));
    return steps;
  });
}

function redisFaults(state: State, bounds: Bounds): Action[] {
  const steps: Action[] = [];
  if (state.faults.losses < bounds.losses && state.redis.built)
    steps.push({
      name: 'Redis loses everything',
      apply: (s) => {
        s.faults.losses++;
        s.redis = {
          ...s.redis,
          built: false,
          unit: 'free',
          owner: null,
          ...{ ended: [false, false], restocks: [false, false], prolonged: [false, false], again: false },
        };
      },
    });
  if (state.faults.regressions < bounds.regressions && !state.copy && state.redis.built)
    steps.push({ name: 'a copy of Redis is kept', apply: (s) => void (s.copy = structuredClone(s.redis)) });
  if (state.faults.regressions < bounds.regressions && state.copy)
    steps.push({
      name: 'Redis comes back as the copy',
      apply: (s) => {
        s.faults.regressions++;
        s.redis = { ...(s.copy ?? s.redis), run: s.redis.run + 1 };
        s.copy = null;
      },
    });
  return steps;
}
