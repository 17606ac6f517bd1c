import { type Action, type Dropped, isOpen } from './step.js';
import { BUYERS, type Books, type Buyer, expireTold, isDue, type Row, type State } from './state.js';

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
    if (s.postgres.rows[buyer] !== 'held' || !isDue(s, 'postgres', buyer)) continue;
    s.postgres.rows[buyer] = 'expired';
    expireTold(s, 'postgres', buyer);
  }
  // The old epoch is closed: what would be delivered to it after the snapshot would be lost.
  s.redis.built = false;
  s.guardian.read = 'begun';
}

function readSnapshot(s: State): void {
  const { facts, ...books } = s.postgres;
  s.guardian.read = structuredClone(books);
}

function writeEpoch(s: State): void {
  const { read } = s.guardian;
  s.guardian.read = null;
  if (read === null || read === 'begun' || s.redis.run !== read.run) return;
  const owner = ownerOf(read);
  const again = owner !== null && isLive(read.again[owner]);
  const pinned = owner !== null && (again ? read.again : read.rows)[owner] === 'checkout';
  const unowned = read.capacity === 1 ? 'free' : 'withdrawn';
  const over = (buyer: Buyer): boolean => !['none', 'held', 'checkout'].includes(read.rows[buyer]);
  s.redis = {
    ...{ built: true, run: read.run, epoch: read.epoch, owner, again, version: read.version },
    unit: read.sold !== null ? 'sold' : owner === null ? unowned : pinned ? 'checkout' : 'held',
    sequence: Math.max(...read.sequences),
    ended: [over(0) || loses(read, owner, 0), over(1) || loses(read, owner, 1)],
    restocks: [...read.restocked],
    prolonged: [...read.prolonged],
  };
  // Whoever reads it now is told of it.
  if (owner !== null && !pinned && !again && s.releasing[owner] === 0) s.told[owner] = true;
  for (const buyer of BUYERS) {
    if (loses(read, owner, buyer) && s.postgres.rows[buyer] === 'held') s.postgres.rows[buyer] = 'released';
    if (read.again[buyer] === 'held' && owner !== buyer && s.postgres.again[buyer] === 'held')
      s.postgres.again[buyer] = 'released';
  }
}

/** Sold wins over pinned, pinned over held, the hold that was decided later over the one before. */
function ownerOf({ rows, again, sequences, sold }: Books): Buyer | null {
  if (sold !== null) return null;
  const pinned = BUYERS.find((buyer) => rows[buyer] === 'checkout' || again[buyer] === 'checkout');
  if (pinned !== undefined) return pinned;
  const held = BUYERS.filter((buyer) => rows[buyer] === 'held' || again[buyer] === 'held').sort(
    (a, b) => sequences[b] - sequences[a],
  );
  return held[0] ?? null;
}

function loses({ rows }: Books, owner: Buyer | null, buyer: Buyer): boolean {
  return rows[buyer] === 'held' && owner !== buyer;
}

const isLive = (row: Row): boolean => row === 'held' || row === 'checkout';
