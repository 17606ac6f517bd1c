import { extenderActions } from './extender.js';
import { guardianActions } from './guardian.js';
import { operatorActions } from './operator.js';
import { payerActions } from './payer.js';
import { relayActions } from './relay.js';
import { type Action, type Dropped, free, has, isOpen } from './step.js';
import type { Bounds } from './rules.js';
import { BUYERS, type Buyer, expireTold, isDue, type State } from './state.js';

/** Every step that some part may take now. None left: the system is at rest. */
export function actionsOf(state: State, dropped: Dropped, bounds: Bounds): Action[] {
  return [
    ...BUYERS.flatMap((buyer) => [
      ...workerActions(state, buyer, dropped),
      ...endings(state, buyer, dropped),
      ...extenderActions(state, buyer, dropped, bounds),
      ...payerActions(state, buyer, dropped, bounds),
    ]),
    ...operatorActions(state, dropped, bounds),
    ...relayActions(state, dropped),
    ...guardianActions(state, dropped),
  ];
}

/** hold → journal → announce; a job may be delivered again after its end. */
function workerActions(state: State, buyer: Buyer, dropped: Dropped): Action[] {
  const worker = state.workers[buyer];
  const open = isOpen(state, dropped);
  if (worker.step === 'queued' && open) return [{ name: `hold ${buyer}`, apply: (s) => hold(s, buyer, dropped) }];
  if (worker.step === 'queued' && !state.redis.built && dropped.has('missing state is no state'))
    return [{ name: `hold ${buyer} in an empty Redis`, apply: (s) => takeForEmpty(s) }];
  if (worker.step === 'journal') return [{ name: `journal ${buyer}`, apply: (s) => journal(s, buyer, dropped) }];
  if (worker.step === 'announce' && state.redis.built)
    return [{ name: `announce ${buyer}`, apply: (s) => announce(s, buyer) }];
  if (worker.step === 'done' && !worker.redelivered)
    return [
      {
        name: `deliver job ${buyer} again`,
        apply: (s) => void (s.workers[buyer] = { step: 'queued', epoch: 0, sequence: 0, redelivered: true }),
      },
    ];
  return [];
}

function takeForEmpty(s: State): void {
  s.redis = { ...s.redis, built: true, epoch: s.postgres.epoch, run: s.postgres.run };
}

function hold(s: State, buyer: Buyer, dropped: Dropped): void {
  const { redis, workers } = s;
  const worker = workers[buyer];
  Object.assign(worker, { step: 'done', epoch: 0, sequence: 0 });
  if (redis.ended[buyer] && !dropped.has('ended is remembered')) return;
  if (redis.owner === buyer && !redis.again) {
    if (redis.unit === 'decided')
      Object.assign(worker, { step: 'journal', epoch: redis.epoch, sequence: redis.sequence });
    return;
  }
  if (redis.unit !== 'free' || isDue(s, 'redis', buyer)) return;
  redis.owner = buyer;
  redis.unit = 'decided';
  redis.sequence++;
  Object.assign(worker, { step: 'journal', epoch: redis.epoch, sequence: redis.sequence });
  if (dropped.has('announce after journal')) {
    redis.unit = 'held';
    s.told[buyer] = true;
  }
}

function journal(s: State, buyer: Buyer, dropped: Dropped): void {
  const worker = s.workers[buyer];
  if (s.postgres.epoch !== worker.epoch && !dropped.has('journal in the epoch')) {
    worker.step = 'queued';
    return;
  }
  // The row that is there answers; a deadline that has passed by Postgres's clock is not journalled.
  if (s.postgres.rows[buyer] === 'none' && !isDue(s, 'postgres', buyer)) {
    s.postgres.rows[buyer] = 'held';
    s.postgres.sequences[buyer] = worker.sequence;
  }
  if (s.postgres.rows[buyer] === 'held') {
    worker.step = 'announce';
    return;
  }
  const { epoch } = worker;
  Object.assign(worker, { step: 'done', epoch: 0, sequence: 0 });
  // Undone in Redis; lost with the process it expires there by itself.
  if (has(s.redis, buyer, false, 'decided') && s.redis.epoch === epoch) {
    free(s.redis);
    s.redis.ended[buyer] = true;
  }
}

/** In the epoch of the hold and no other. A hold that is due is not announced: it is given back. */
function announce(s: State, buyer: Buyer): void {
  const { redis, workers } = s;
  const { epoch, redelivered } = workers[buyer];
  workers[buyer] = { step: 'done', epoch: 0, sequence: 0, redelivered };
  if (redis.epoch !== epoch || redis.owner !== buyer || redis.again) return;
  if (redis.unit === 'held') s.told[buyer] = true;
  if (redis.unit !== 'decided') return;
  if (isDue(s, 'redis', buyer)) {
    free(redis);
    redis.ended[buyer] = true;
    return;
  }
  redis.unit = 'held';
  s.told[buyer] = true;
}

/** A hold ends unpinned, in Redis first: by time, or because its customer gives it back. Postgres learns of it after. */
function endings(state: State, buyer: Buyer, dropped: Dropped): Action[] {
  const { redis, postgres } = state;
  const open = isOpen(state, dropped);
  const holds = open && redis.owner === buyer && !redis.again;
  const unpinned = holds && (redis.unit === 'held' || redis.unit === 'decided');
  return [
    ...(unpinned && isDue(state, 'redis', buyer)
      ? [{ name: `expire ${buyer}`, apply: (s: State): void => end(s, buyer) }]
      : []),
    ...(open && redis.ended[buyer] && postgres.rows[buyer] === 'held' && !state.releasing[buyer]
      ? [{ name: `journal the end of ${buyer}`, apply: (s: State) => void (s.postgres.rows[buyer] = 'expired') }]
      : []),
    ...(holds &&
    redis.unit === 'held' &&
    state.told[buyer] &&
    state.payers[buyer].step === 'away' &&
    !state.extending[buyer]
      ? [
          {
            name: `release ${buyer}`,
            apply: (s: State): void => {
              end(s, buyer);
              s.told[buyer] = s.promised[buyer] = false;
              s.releasing[buyer] = s.redis.epoch;
            },
          },
        ]
      : []),
    ...(state.releasing[buyer]
      ? [
          {
            name: `journal the release of ${buyer}`,
            apply: (s: State): void => {
              journalRelease(s, buyer);
            },
          },
        ]
      : []),
  ];
}

/** In the epoch of the release and no other: whoever asked is told of an outage, and asks again. */
function journalRelease(s: State, buyer: Buyer): void {
  const epoch = s.releasing[buyer];
  s.releasing[buyer] = 0;
  if (s.postgres.rows[buyer] !== 'held') return;
  if (epoch === s.postgres.epoch) s.postgres.rows[buyer] = 'released';
  else if (s.redis.built && s.redis.owner === buyer && !s.redis.again) s.told[buyer] = true;
}

function end(s: State, buyer: Buyer): void {
  free(s.redis);
  s.redis.ended[buyer] = true;
  expireTold(s, 'redis', buyer);
}
