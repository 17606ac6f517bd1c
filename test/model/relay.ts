import { type Action, type Dropped, free, has, isOpen } from './step.js';
import { BUYERS, type Buyer, type Fact, type State } from './state.js';

/** Facts reach Redis in any order, at least once: after each delivery the mark that it was made may be lost. */
export function relayActions(state: State, dropped: Dropped): Action[] {
  if (!isOpen(state, dropped)) return [];
  return state.postgres.facts.flatMap((text) => {
    const [fact, number] = text.split(' ') as [Fact, string];
    const buyer = BUYERS[Number(number)] ?? 0;
    const deliver = (s: State): void => DELIVERIES[fact](s, buyer, dropped);
    return [
      { name: `deliver ${text}, mark lost`, apply: deliver },
      {
        name: `deliver ${text}`,
        apply: (s: State): void => {
          deliver(s);
          s.postgres.facts = s.postgres.facts.filter((other) => other !== text);
        },
      },
    ];
  });
}

const DELIVERIES: Record<Fact, (s: State, buyer: Buyer, dropped: Dropped) => void> = {
  settle: ({ redis }, buyer) => settle(redis, buyer, false),
  'settle-again': ({ redis }, buyer) => settle(redis, buyer, true),
  void: ({ redis }, buyer) => giveBack(redis, buyer, false),
  'void-again': ({ redis }, buyer) => giveBack(redis, buyer, true),
  restock: ({ redis }, buyer, dropped) => restock(redis, buyer, false, dropped),
  'restock-again': ({ redis }, buyer, dropped) => restock(redis, buyer, true, dropped),
};

type Redis = State['redis'];

function settle(redis: Redis, buyer: Buyer, again: boolean): void {
  if (!has(redis, buyer, again, 'checkout')) return;
  free(redis);
  redis.unit = 'sold';
  redis.ended[buyer] = true;
}

function giveBack(redis: Redis, buyer: Buyer, again: boolean): void {
  redis.ended[buyer] = true;
  if (has(redis, buyer, again, 'checkout') || (again && has(redis, buyer, again, 'decided', 'held'))) free(redis);
}

function restock(redis: Redis, buyer: Buyer, again: boolean, dropped: Dropped): void {
  if (redis.restocks[buyer] && !dropped.has('restock is noted')) return;
  redis.restocks[buyer] = true;
  redis.ended[buyer] = true;
  // Not settled yet: its hold gives the unit back. Settled: Redis knows no owner, only that the unit is sold.
  if (has(redis, buyer, again, 'decided', 'held', 'checkout') || redis.unit === 'sold') free(redis);
}
