import { useEffect, useState, useSyncExternalStore } from 'react';
import { useHoldFeed } from '../live/live-sale.js';
import { HoldList, type KnownHolds } from './hold-list.js';

/** The live holds of a sale, as they are. */
export function useHolds(saleId: string): KnownHolds {
  const listen = useHoldFeed();
  const [list] = useState(() => new HoldList(saleId));
  useEffect(() => list.follow(listen), [list, listen]);
  return useSyncExternalStore(list.subscribe, list.snapshot);
}
