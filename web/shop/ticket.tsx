import type { Availability, Sale } from '@holdfast/client/follow-sale';
import type { ReactNode } from 'react';
import { countOf, moneyText } from '../look/amount.js';
import { StockBar } from '../look/stock-bar.js';
import { choiceOf, countIn, type Basket, QUANTITY_MAX, withQuantity, withUnit } from './basket.js';
import { SeatMap } from './seat-map.js';
import { seatPlanOf } from './seat-plan.js';
import { useClock } from './use-clock.js';
import { stockText } from './words.js';

interface TicketParts {
  readonly sku: Sale['skus'][number];
  readonly sale: Sale;
  readonly counts: Availability['skus'][number] | undefined;
  readonly basket: Basket;
  readonly taken: ReadonlySet<string>;
  /** Labels of the units that this buyer holds. */
  readonly mine: readonly string[];
  /** Nothing can be chosen now. */
  readonly off: boolean;
  readonly onChange: (basket: Basket) => void;
}

/** One SKU as a ticket: what it is on the left, how many of it on the stub. */
export function Ticket({ sku, sale, counts, basket, taken, mine, off, onChange }: TicketParts): ReactNode {
  const now = useClock();
  const stock = stockText(counts, now);
  const choice = choiceOf(basket, sku.id);
  const plan = sku.labelled ? seatPlanOf(sku.name) : null;
  const yours = mine.length > 0 ? mine : choice.units;
  const gone = off || stock.kind === 'gone';
  return (
    <li className={stock.kind === 'gone' ? 'ticket gone' : 'ticket'} data-sku={sku.name}>
      <div className="ticket-face">
        <h2>{sku.name}</h2>
        <p className="ticket-price">{moneyText(sku.unitPrice, sale.currency)}</p>
        <p className={`ticket-stock ${stock.kind}`}>{stock.text}</p>
        {counts ? <StockBar counts={counts} label={sku.name} /> : null}
      </div>
      <div className="ticket-stub">
        <Stepper
          name={sku.name}
          any={plan !== null}
          quantity={choice.quantity}
          off={off}
          noMore={gone}
          onChange={(next) => onChange(withQuantity(basket, sku.id, next))}
        />
        <p className="ticket-sum">
          {choice.units.length > 0 ? `${countOf(choice.units.length, 'place')}, ` : ''}
          {countIn(choice) > 0 ? moneyText(countIn(choice) * sku.unitPrice, sale.currency) : ''}
        </p>
      </div>
      {plan ? (
        <details className="ticket-plan">
          <summary>{yours.length === 0 ? 'Choose places yourself' : `Your places: ${yours.join(', ')}`}</summary>
          <SeatMap
            plan={plan}
            chosen={yours}
            taken={taken}
            off={gone}
            onChoose={(seat) => onChange(withUnit(basket, sku.id, seat))}
          />
        </details>
      ) : null}
    </li>
  );
}

interface StepperParts {
  readonly name: string;
  /** Places are given out, not chosen. */
  readonly any: boolean;
  readonly quantity: number;
  readonly off: boolean;
  /** What was chosen before it was sold out can still be put back. */
  readonly noMore: boolean;
  readonly onChange: (quantity: number) => void;
}

function Stepper({ name, any, quantity, off, noMore, onChange }: StepperParts): ReactNode {
  return (
    <div className="stepper" role="group" aria-label={any ? `${name}, any places` : name}>
      <button aria-label={`One fewer: ${name}`} disabled={off || quantity === 0} onClick={() => onChange(quantity - 1)}>
        −
      </button>
      <output aria-live="polite" aria-label={`${name}: chosen`}>
        {quantity}
      </output>
      <button
        aria-label={`One more: ${name}`}
        disabled={noMore || quantity >= QUANTITY_MAX}
        onClick={() => onChange(quantity + 1)}
      >
        +
      </button>
    </div>
  );
}
