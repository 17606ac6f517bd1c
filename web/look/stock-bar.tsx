import type { ReactNode } from 'react';
import { countText } from './amount.js';
import './stock-bar.css';

/** The counts of a SKU or of a sale: they add up to the capacity. */
export interface StockCounts {
  readonly capacity: number;
  readonly available: number;
  readonly held: number;
  readonly checkout: number;
  readonly sold: number;
  readonly blocked: number;
}

/** In the order in which a unit moves, from the end: what is sold stays where it is. */
export const STOCK_STATES = ['sold', 'checkout', 'held', 'available', 'blocked'] as const;
export type StockState = (typeof STOCK_STATES)[number];

const STATE_NAMES: Record<StockState, string> = {
  ...{ sold: 'sold', checkout: 'in checkout', held: 'held', available: 'available', blocked: 'blocked' },
};

/** Where all units are, as one bar. Each part is as wide as it is large; none that is there is too thin to be seen. */
export function StockBar({ counts, label }: { counts: StockCounts; label: string }): ReactNode {
  const text = STOCK_STATES.map((state) => `${countText(counts[state])} ${STATE_NAMES[state]}`).join(', ');
  return (
    <div className="stock-bar" role="img" aria-label={`${label}: ${text}, of ${countText(counts.capacity)}`}>
      {STOCK_STATES.map((state) =>
        counts[state] === 0 ? null : (
          <span key={state} className={`stock-part ${state}`} style={{ flexGrow: counts[state] }} />
        ),
      )}
    </div>
  );
}

/** The same in figures, and that they add up. */
export function StockFigures({ counts }: { counts: StockCounts }): ReactNode {
  return (
    <dl className="stock-figures">
      {STOCK_STATES.map((state) => (
        <div key={state} className={counts[state] === 0 ? 'none' : ''}>
          <dt>
            <span className={`stock-key ${state}`} aria-hidden="true" />
            {STATE_NAMES[state]}
          </dt>
          <dd>{countText(counts[state])}</dd>
        </div>
      ))}
      <div className="sum">
        <dt>capacity</dt>
        <dd>{countText(counts.capacity)}</dd>
      </div>
    </dl>
  );
}

export function sumOf(all: readonly StockCounts[]): StockCounts {
  const sum = (state: keyof StockCounts): number => all.reduce((total, counts) => total + counts[state], 0);
  return {
    ...{ capacity: sum('capacity'), available: sum('available'), held: sum('held') },
    ...{ checkout: sum('checkout'), sold: sum('sold'), blocked: sum('blocked') },
  };
}
