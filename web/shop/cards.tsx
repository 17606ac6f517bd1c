import type { ReactNode } from 'react';
import type { Card } from '../../src/demo-shop/payment.view.js';

const CARDS: readonly { readonly card: Card; readonly name: string; readonly does: string }[] = [
  { card: 'succeeds', name: 'A good card', does: 'goes through at once' },
  { card: 'fails', name: 'An empty card', does: 'is declined; try another one' },
  { card: 'slow', name: 'A slow bank', does: 'goes through after eight seconds' },
  { card: 'late', name: 'A bank that sleeps', does: 'pays after your time is over' },
];

interface CardsParts {
  readonly card: Card;
  readonly off: boolean;
  readonly onChoose: (card: Card) => void;
}

/** The four pretended ways to pay. */
export function Cards({ card, off, onChoose }: CardsParts): ReactNode {
  return (
    <fieldset className="cards" disabled={off}>
      <legend>Pay with</legend>
      {CARDS.map((each) => (
        <label key={each.card} className={each.card === card ? 'card chosen' : 'card'}>
          <input
            type="radio"
            name="card"
            value={each.card}
            checked={each.card === card}
            onChange={() => onChoose(each.card)}
          />
          <span>
            <strong>{each.name}</strong>
            <span className="soft">{each.does}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
