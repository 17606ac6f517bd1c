import { useInfiniteQuery } from '@tanstack/react-query';
import { Fragment, type ReactNode, useEffect, useState } from 'react';
import { moneyText } from '../../look/amount.js';
import { Field } from '../../look/field.js';
import { Moment } from '../../look/moment.js';
import { ReasonAsk } from '../../look/reason-ask.js';
import { ExportButton } from '../export/export-button.js';
import { HoldPanel } from '../holds/hold-panel.js';
import { useLiveSale } from '../live/live-sale.js';
import { Reading } from '../live/reading.js';
import { useSettled, useThrottled } from '../live/use-settled.js';
import { api, queries, type Sale } from '../server.js';
import { findOrders, type Order } from './find-orders.js';

const READ_MS = 2_000;

const readTable = async (saleId: string): Promise<Blob | undefined> =>
  (await api.GET('/v1/admin/exports/orders.csv', { params: { query: { saleId } }, parseAs: 'blob' })).data;

/** What was sold, the newest first. */
export function OrdersPage({ sale }: { sale: Sale }): ReactNode {
  const [text, setText] = useState('');
  const [cancelled, setCancelled] = useState<Order | null>(null);
  const [openId, setOpenId] = useState<string | null>(null);
  const asked = useSettled(text.trim());
  const orders = useInfiniteQuery({
    queryKey: ['orders', sale.id, asked],
    queryFn: ({ pageParam }) => findOrders(sale.id, asked, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const { availability } = useLiveSale();
  const sold = availability?.skus.reduce((sum, sku) => sum + sku.sold, 0);
  // Many are sold in a second; so often nobody can read.
  const soldLately = useThrottled(sold, READ_MS);
  useEffect(() => void queries.invalidateQueries({ queryKey: ['orders', sale.id] }), [soldLately, sale.id]);
  const items = orders.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="stack">
      <header className="row spread">
        <h1>Orders</h1>
        <ExportButton name={`orders-${sale.slug}`} read={() => readTable(sale.id)} />
      </header>
      <div className="find" role="search">
        <Field label="Find" hint="a customer, order, reservation or payment by its whole id; or a unit">
          <input
            type="search"
            placeholder="c_42, ord_…, A-12"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
      </div>
      <Reading of={orders} />
      {orders.isSuccess && items.length === 0 ? (
        <div className="empty">
          <h2>{asked === '' ? 'Nothing is sold yet.' : 'No order has that.'}</h2>
          <p>
            {asked === ''
              ? 'An order stands here as soon as its payment is confirmed.'
              : 'Ids are compared whole. What is only held or being paid for stands in Held inventory.'}
          </p>
        </div>
      ) : null}
      {items.length === 0 ? null : <OrderTable items={items} onOpen={setOpenId} onCancel={setCancelled} />}
      {orders.hasNextPage ? (
        <button className="button" disabled={orders.isFetchingNextPage} onClick={() => void orders.fetchNextPage()}>
          More
        </button>
      ) : null}
      <HoldPanel reservationId={openId} onClose={() => setOpenId(null)} />
      <CancelAsk order={cancelled} onClose={() => setCancelled(null)} />
    </div>
  );
}

interface OrderTableParts {
  readonly items: readonly Order[];
  readonly onOpen: (reservationId: string) => void;
  readonly onCancel: (order: Order) => void;
}

function OrderTable({ items, onOpen, onCancel }: OrderTableParts): ReactNode {
  return (
    <table className="table folds">
      <thead>
        <tr>
          <th>Order</th>
          <th>Customer</th>
          <th>Units</th>
          <th className="number">Total</th>
          <th>Payment</th>
          <th>Confirmed</th>
          <th>State</th>
        </tr>
      </thead>
      <tbody>
        {items.map((order) => (
          <tr key={order.id}>
            <td data-label="Order">
              <button className="link id whole" onClick={() => onOpen(order.reservationId)}>
                {order.id}
              </button>
            </td>
            <td data-label="Customer" className="id">
              {order.customerId}
            </td>
            <td data-label="Units">
              <span>
                {order.lines
                  .flatMap(({ units }) => units)
                  .map((unit, place) => (
                    <Fragment key={unit + String(place)}>
                      {place === 0 ? '' : ', '}
                      <span className="whole">{unit}</span>
                    </Fragment>
                  ))}
              </span>
            </td>
            <td data-label="Total" className="number">
              {moneyText(order.total, order.currency)}
            </td>
            <td data-label="Payment" className="id">
              {order.paymentReference}
            </td>
            <td data-label="Confirmed" className="whole">
              <Moment at={order.confirmedAt} />
            </td>
            <td data-label="State">
              {order.status === 'cancelled' ? (
                <span className="pill still">
                  cancelled, {order.restocked === true ? 'back on sale' : 'stays sold'}
                </span>
              ) : (
                <span className="row">
                  confirmed
                  <button className="button small" onClick={() => onCancel(order)}>
                    Cancel …
                  </button>
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function CancelAsk({ order, onClose }: { order: Order | null; onClose: () => void }): ReactNode {
  const [restock, setRestock] = useState(true);
  const run = async (reason: string): Promise<void> => {
    if (!order) return;
    await api.POST('/v1/orders/{id}/cancel', { params: { path: { id: order.id } }, body: { restock, reason } });
    await queries.invalidateQueries({ queryKey: ['orders'] });
  };
  return (
    <ReasonAsk
      open={order !== null}
      onClose={onClose}
      title="Cancel the order?"
      tells={`Of ${order?.customerId ?? ''}. It is cancelled once, in one way; the money is the storefront's to give back.`}
      action="Cancel the order"
      alarming
      run={run}
    >
      <label className="row">
        <input type="checkbox" checked={restock} onChange={(event) => setRestock(event.target.checked)} />
        Its units go back on sale
      </label>
    </ReasonAsk>
  );
}
