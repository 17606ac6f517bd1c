import { type Action, type Dropped, free, isOpen } from './step.js';
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
  settle: ({ redis }, buyer) => {
    if (redis.owner !== buyer || redis.unit !== 'checkout') return;
    redis.unit = 'sold';
    redis.owner = null;
    redis.ended[buyer] = true;
  },
  void: ({ redis }, buyer) => {
    redis.ended[buyer] = true;
    if (redis.owner === buyer && redis.unit === 'checkout') free(redis);
  },
  restock: ({ redis }, buyer, dropped) => {
    if (redis.restocks[buyer] && !dropped.has('restock is noted')) return;
    redis.restocks[buyer] = true;
    redis.ended[buyer] = true;
    // Not settled yet: its hold gives the unit back. Settled: Redis knows no owner, only that the unit is sold.
    if (redis.owner === buyer || redis.unit === 'sold') free(redis);
  },
};
