import type { Sale } from '@holdfast/client/follow-sale';
import { type ReactNode, useEffect, useRef } from 'react';
import { countOf } from '../look/amount.js';
import { type Basket, choiceOf, linesOf, priceOf, unitsIn } from './basket.js';
import { counter, isLive } from './counter.js';
import { HoldPanel } from './hold-panel.js';
import { Lines } from './lines.js';
import { Notice } from './notice.js';
import { useCounter } from './use-counter.js';
import { durationText } from './words.js';

interface BasketPanelParts {
  readonly sale: Sale;
  readonly basket: Basket;
  readonly onReserve: () => void;
  readonly onAnotherBuyer: () => void;
}

/** The buyer's side of the counter: what is chosen, what is asked for, what is held, and what was refused. */
export function BasketPanel({ sale, basket, onReserve, onAnotherBuyer }: BasketPanelParts): ReactNode {
  const { asking, tries, reservation, problem } = useCounter();
  const steps = {
    again: { label: 'Try again', take: onReserve },
    same: { label: 'Ask again', take: () => void counter.askAgain(sale.id) },
    choose: { label: 'Choose others', take: () => counter.clear() },
    'another-buyer': { label: 'Be another buyer', take: onAnotherBuyer },
  };
  const queued = asking !== null || reservation?.status === 'queued';
  return (
    <section className={queued || reservation || problem ? 'panel' : 'panel choosing'} aria-label="Your basket">
      <h2>Your basket</h2>
      {problem ? <Notice problem={problem} sale={sale} steps={steps} /> : null}
      {queued ? <Asking tries={tries} written={reservation !== null} /> : null}
      {reservation && !queued ? <HoldPanel sale={sale} reservation={reservation} /> : null}
      {queued || reservation ? null : <Chosen sale={sale} basket={basket} onReserve={onReserve} />}
      {isLive(reservation) ? (
        <p className="soft small">One basket at a time: release this one to choose others.</p>
      ) : null}
    </section>
  );
}

function Asking({ tries, written }: { tries: number; written: boolean }): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  return (
    <div className="asking" role="status" tabIndex={-1} ref={place}>
      <span className="asking-line" aria-hidden="true" />
      <p>{written ? 'Written down. You are in the queue; it is decided in a moment.' : 'Asking for your tickets …'}</p>
      {tries > 0 ? (
        <p className="soft small">No answer yet: asked again, with the same key, {countOf(tries, 'time')}.</p>
      ) : null}
    </div>
  );
}

function Chosen({ sale, basket, onReserve }: { sale: Sale; basket: Basket; onReserve: () => void }): ReactNode {
  const count = unitsIn(basket);
  const off = sale.status !== 'open';
  const lines = sale.skus.flatMap(({ id, unitPrice }) => {
    const { quantity, units } = choiceOf(basket, id);
    const any = quantity > 0 ? [{ skuId: id, quantity, units: [] as string[], unitPrice }] : [];
    return [...(units.length > 0 ? [{ skuId: id, quantity: units.length, units: [...units], unitPrice }] : []), ...any];
  });
  if (count === 0)
    return <>{off ? <p>{CLOSED[sale.status] ?? 'Nothing can be reserved just now.'}</p> : <HowItGoes sale={sale} />}</>;
  return (
    <>
      <Lines sale={sale} lines={lines} total={priceOf(basket, sale)} currency={sale.currency} />
      <button className="button main big" disabled={off || linesOf(basket).length === 0} onClick={onReserve}>
        Reserve {countOf(count, 'ticket')}
      </button>
    </>
  );
}

const CLOSED: Partial<Record<Sale['status'], string>> = {
  scheduled: 'Nothing can be reserved before it opens. This page opens by itself.',
  paused: 'Nothing can be reserved while it is paused. This page goes on by itself.',
  closed: 'The sale is over. What you have bought is among your orders.',
};

function HowItGoes({ sale: { holdTtlSeconds, checkoutTtlSeconds } }: { sale: Sale }): ReactNode {
  return (
    <>
      <ol className="how">
        <li>Choose tickets.</li>
        <li>Reserve them: for {durationText(holdTtlSeconds)} they are yours alone.</li>
        <li>Pay within {durationText(checkoutTtlSeconds)}. No card, no money: it is a demo.</li>
      </ol>
      <p className="soft small">
        Open a second window beside this one: it is another buyer. Of the last ticket, one of you gets it.
      </p>
    </>
  );
}
