import { useEffect, useRef, useState } from 'react';
import { useLiveSale } from '../live/live-sale.js';
import { sentenceOf } from '../server.js';
import { type Holds, readHolds } from './read-holds.js';

/** Between two looks: at least this, and so many times as long as a look takes, so that looking costs the sale little. */
const PAUSE_MS_MIN = 300;
const PAUSE_TIMES = 3;

export interface KnownHolds {
  /** Null until the first of them are there. */
  readonly holds: Holds | null;
  readonly fault: string | null;
  /** They are looked for again at once. */
  readonly refresh: () => void;
}

/** The live holds of a sale: read, and read again whenever the server says that its counts have changed. */
export function useHolds(saleId: string): KnownHolds {
  const { availability } = useLiveSale();
  const [holds, setHolds] = useState<Holds | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [asked, setAsked] = useState(0);
  const latest = useRef<Holds | null>(null);
  const nextLookAt = useRef(0);
  const looking = useRef(false);
  const again = useRef(false);
  const counts = JSON.stringify(
    availability?.skus.map(({ held, checkout, nextExpiryAt }) => [held, checkout, nextExpiryAt]),
  );
  useEffect(() => {
    let over = false;
    const show = (found: Holds): void => {
      if (over) return;
      latest.current = found;
      setHolds(found);
      setFault(null);
    };
    const look = async (): Promise<void> => {
      if (looking.current) {
        again.current = true;
        return;
      }
      looking.current = true;
      const began = performance.now();
      try {
        show(await readHolds(saleId, latest.current?.items ?? [], show));
      } catch (error) {
        if (!over) setFault(sentenceOf(error));
      }
      looking.current = false;
      const now = performance.now();
      nextLookAt.current = now + Math.max(PAUSE_MS_MIN, (now - began) * PAUSE_TIMES);
      if (!again.current) return;
      again.current = false;
      setAsked((times) => times + 1);
    };
    const timer = setTimeout(() => void look(), Math.max(0, nextLookAt.current - performance.now()));
    return () => {
      over = looking.current ? over : true;
      clearTimeout(timer);
    };
  }, [saleId, counts, asked]);
  const refresh = (): void => {
    nextLookAt.current = 0;
    setAsked((times) => times + 1);
  };
  return { holds, fault, refresh };
}
