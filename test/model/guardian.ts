import { type Action, type Dropped, isOpen } from './step.js';
import { BUYERS, type Books, type Buyer, type State } from './state.js';

/** epoch + 1 in Postgres → one snapshot → the new epoch's state, if Redis is still the one that it was meant for. */
export function guardianActions(state: State, dropped: Dropped): Action[] {
  const { read } = state.guardian;
  if (read === 'begun') return [{ name: 'read the snapshot', apply: readSnapshot }];
  if (read !== null) return [{ name: 'write the epoch', apply: writeEpoch }];
  if (isOpen(state, dropped) || (!state.redis.built && dropped.has('missing state is no state'))) return [];
  return [{ name: 'raise the epoch', apply: raiseEpoch }];
}

function raiseEpoch(s: State): void {
  s.postgres.epoch++;
  s.postgres.run = s.redis.run;
  for (const buyer of BUYERS) {
    if (s.postgres.rows[buyer] !== 'held' || !s.due.postgres[buyer]) continue;
    s.postgres.rows[buyer] = 'expired';
    s.told[buyer] = false;
  }
  // The old epoch is closed: what would be delivered to it after the snapshot would be lost.
  s.redis.built = false;
  s.guardian.read = 'begun';
}

function readSnapshot(s: State): void {
  const { rows, sequences, sold, restocked, epoch, run } = s.postgres;
  s.guardian.read = structuredClone({ rows, sequences, sold, restocked, epoch, run });
}

function writeEpoch(s: State): void {
  const { read } = s.guardian;
  s.guardian.read = null;
  if (read === null || read === 'begun' || s.redis.run !== read.run) return;
  const owner = ownerOf(read);
  const pinned = owner !== null && read.rows[owner] === 'checkout';
  const over = (buyer: Buyer): boolean => !['none', 'held', 'checkout'].includes(read.rows[buyer]);
  s.redis = {
    ...{ built: true, run: read.run, epoch: read.epoch, owner },
    unit: read.sold !== null ? 'sold' : owner === null ? 'free' : pinned ? 'checkout' : 'held',
    sequence: Math.max(...read.sequences),
    ended: [over(0) || loses(read, owner, 0), over(1) || loses(read, owner, 1)],
    restocks: [...read.restocked],
  };
  // Whoever reads it now is told of it.
  if (owner !== null && !pinned && s.releasing[owner] === 0) s.told[owner] = true;
  for (const buyer of BUYERS)
    if (loses(read, owner, buyer) && s.postgres.rows[buyer] === 'held') s.postgres.rows[buyer] = 'released';
}

/** Sold wins over pinned, pinned over held, the hold that was decided later over the one before. */
function ownerOf({ rows, sequences, sold }: Books): Buyer | null {
  if (sold !== null) return null;
  const pinned = BUYERS.find((buyer) => rows[buyer] === 'checkout');
  if (pinned !== undefined) return pinned;
  const held = BUYERS.filter((buyer) => rows[buyer] === 'held').sort((a, b) => sequences[b] - sequences[a]);
  return held[0] ?? null;
}

function loses({ rows }: Books, owner: Buyer | null, buyer: Buyer): boolean {
  return rows[buyer] === 'held' && owner !== buyer;
}
