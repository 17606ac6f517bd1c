import type { Schemas } from '@holdfast/client/api-client';
import type { Sale } from '@holdfast/client/follow-sale';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { moneyText } from '../look/amount.js';
import { Moment } from '../look/moment.js';
import { counter } from './counter.js';
import { Notice } from './notice.js';
import { api } from './server.js';
import { useRead } from './use-read.js';

type Order = Schemas['OrderResource'];

const readOrder = async (id: string): Promise<Order | null> => {
  const { data } = await api.GET('/v1/orders/{id}', { params: { path: { id } } });
  return data ?? null;
};

/** What was bought: one ticket for each unit. */
export function OrderPage({ sale, id }: { sale: Sale; id: string }): ReactNode {
  const { found: order, problem } = useRead(readOrder, id);
  if (problem) return <Notice problem={problem} sale={sale} steps={{}} />;
  if (!order) return <p role="status">One moment …</p>;
  return (
    <div className="order">
      <header className="stack tight">
        <h1>{order.status === 'cancelled' ? 'This order was cancelled' : 'You are in'}</h1>
        <p className="soft">
          Paid {moneyText(order.total, order.currency)}, <Moment at={order.confirmedAt} />
        </p>
      </header>
      <ul className={order.status === 'cancelled' ? 'bought gone' : 'bought'} aria-label="Your tickets">
        {order.lines.flatMap(({ skuId, units, unitPrice }) =>
          units.map((unit) => (
            <Bought key={`${skuId} ${unit}`} {...{ sale, skuId, unit, unitPrice }} currency={order.currency} />
          )),
        )}
      </ul>
      <p className="soft small">
        Order <code>{order.id}</code>, payment <code>{order.paymentReference}</code>
      </p>
      <Link className="button" href="/" onClick={() => counter.clear()}>
        Back to the tickets
      </Link>
    </div>
  );
}

interface BoughtParts {
  readonly sale: Sale;
  readonly skuId: string;
  readonly unit: string;
  readonly unitPrice: number;
  readonly currency: string;
}

function Bought({ sale, skuId, unit, unitPrice, currency }: BoughtParts): ReactNode {
  const sku = sale.skus.find((each) => each.id === skuId);
  return (
    <li className="bought-ticket">
      <div>
        <p className="soft small">{sale.name}</p>
        <p className="bought-name">{sku?.name ?? 'Ticket'}</p>
        <p className="soft small">{moneyText(unitPrice, currency)}</p>
      </div>
      <p className="bought-unit">
        <span className="soft small">{sku?.labelled === true ? 'seat' : 'no.'}</span>
        {unit}
      </p>
    </li>
  );
}
