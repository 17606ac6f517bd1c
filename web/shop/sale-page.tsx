import { type ReactNode, useEffect, useState } from 'react';
import { moneyText } from '../look/amount.js';
import { type Basket, linesOf, priceOf, unitsIn, without } from './basket.js';
import { BasketPanel } from './basket-panel.js';
import { counter, isLive } from './counter.js';
import { Hero } from './hero.js';
import { Ticket } from './ticket.js';
import { useCounter } from './use-counter.js';
import type { LiveSale } from './use-sale.js';

interface SalePageParts {
  readonly live: LiveSale;
  readonly onAnotherBuyer: () => void;
}

/** What there is, live, and the basket beside it. */
export function SalePage({ live, onAnotherBuyer }: SalePageParts): ReactNode {
  const { sale, availability } = live;
  const { asking, reservation, problem } = useCounter();
  const [basket, setBasket] = useState<Basket>({});
  const [taken, setTaken] = useState<ReadonlySet<string>>(new Set());
  const busy = asking !== null || isLive(reservation);
  const held = reservation?.status === 'held' || reservation?.status === 'checkout';

  // What a refusal named is drawn as taken from now on, and what was chosen of it is not any more.
  useEffect(() => {
    const gone = problem?.as('units-unavailable')?.lines.flatMap(({ unavailableUnits = [] }) => unavailableUnits) ?? [];
    if (gone.length === 0) return;
    setTaken((before) => new Set([...before, ...gone]));
    setBasket((before) => without(before, gone));
  }, [problem]);
  // What is held is chosen no more, and what was bought is not to be had again.
  useEffect(() => {
    if (held) setBasket({});
  }, [held]);
  useEffect(() => {
    if (reservation?.status !== 'confirmed') return;
    const bought = reservation.lines.flatMap(({ units }) => units);
    setTaken((before) => new Set([...before, ...bought]));
  }, [reservation]);

  const reserve = (): void => void counter.ask(sale.id, linesOf(basket));
  return (
    <>
      <Hero {...live} />
      <div className="shop-floor">
        <ul className="tickets">
          {sale.skus.map((sku) => (
            <Ticket
              {...{ sku, sale, basket, taken }}
              key={sku.id}
              mine={held ? reservation.lines.flatMap(({ skuId, units }) => (skuId === sku.id ? units : [])) : []}
              counts={availability?.skus.find(({ skuId }) => skuId === sku.id)}
              off={busy || sale.status !== 'open'}
              onChange={(next) => {
                if (problem) counter.clear();
                setBasket(next);
              }}
            />
          ))}
        </ul>
        <BasketPanel {...{ sale, basket, onAnotherBuyer }} onReserve={reserve} />
      </div>
      {unitsIn(basket) > 0 && !busy && !problem && sale.status === 'open' ? (
        <div className="thumb-bar">
          <button className="button main big" onClick={reserve}>
            Reserve {unitsIn(basket)} for {moneyText(priceOf(basket, sale), sale.currency)}
          </button>
        </div>
      ) : null}
    </>
  );
}
