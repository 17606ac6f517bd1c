import type { Schemas } from '@holdfast/client/api-client';
import type { Sale } from '@holdfast/client/follow-sale';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { moneyText } from '../look/amount.js';
import { Moment } from '../look/moment.js';
import { Notice } from './notice.js';
import { api } from './server.js';
import { useRead } from './use-read.js';
import { lineText } from './words.js';

type Orders = Schemas['OrderList'];

const readOrders = async (saleId: string): Promise<Orders | null> => {
  const { data } = await api.GET('/v1/orders', { params: { query: { saleId } } });
  return data ?? null;
};

/** What this buyer has bought in this sale. */
export function OrdersPage({ sale }: { sale: Sale }): ReactNode {
  const { found, problem } = useRead(readOrders, sale.id);
  if (problem) return <Notice problem={problem} sale={sale} steps={{}} />;
  if (!found) return <p role="status">One moment …</p>;
  return (
    <div className="order">
      <h1>Your orders</h1>
      {found.items.length === 0 ? (
        <div className="empty">
          <p>You have bought nothing yet. What you pay for is listed here.</p>
          <Link className="button main" href="/">
            To the tickets
          </Link>
        </div>
      ) : (
        <ul className="order-list">
          {found.items.map(({ id, lines, total, currency, confirmedAt, status }) => (
            <li key={id}>
              <Link href={`/orders/${id}`}>
                {lines.map(({ skuId, units, quantity }) => lineText(sale, skuId, units, quantity)).join(', ')}
              </Link>
              <span className="soft">
                {moneyText(total, currency)}, <Moment at={confirmedAt} />
                {status === 'cancelled' ? ', cancelled' : ''}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
