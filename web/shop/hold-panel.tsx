import type { Sale } from '@holdfast/client/follow-sale';
import type { Reservation } from '@holdfast/client/reserve';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import { Countdown } from './countdown.js';
import { counter } from './counter.js';
import { Lines } from './lines.js';
import { useCounter } from './use-counter.js';

/** One reservation from its hold to its end. */
export function HoldPanel({ sale, reservation }: { sale: Sale; reservation: Reservation }): ReactNode {
  const { id, status, lines, total, currency, orderId } = reservation;
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => place.current?.focus(), [id, status]);
  const said = (text: string): ReactNode => (
    <p className="hold-said" role="status" tabIndex={-1} ref={place}>
      {text}
    </p>
  );
  if (status === 'held')
    return (
      <>
        {said('Yours alone, for now:')}
        <HeldPart reservation={reservation} />
        <Lines sale={sale} lines={lines} total={total} currency={currency} />
        <HoldButtons reservation={reservation} />
      </>
    );
  if (status === 'checkout')
    return (
      <>
        {said('Kept while you pay:')}
        {reservation.checkoutExpiresAt === null ? null : (
          <Countdown
            until={reservation.checkoutExpiresAt}
            wholeMs={sale.checkoutTtlSeconds * 1_000}
            label="Time left to pay"
          />
        )}
        <Lines sale={sale} lines={lines} total={total} currency={currency} />
        <Link className="button main big" href={`/pay/${id}`}>
          Go on paying
        </Link>
      </>
    );
  return (
    <>
      {said(ENDED[status] ?? '')}
      {orderId === null ? null : (
        <Link className="button main" href={`/orders/${orderId}`}>
          See your tickets
        </Link>
      )}
      <button className="button" onClick={() => counter.clear()}>
        {orderId === null ? 'Choose again' : 'Buy more'}
      </button>
    </>
  );
}

const ENDED: Partial<Record<Reservation['status'], string>> = {
  expired: 'Your time was up, so the tickets went back on sale. Nothing was charged.',
  released: 'Given back. Nothing was charged.',
  confirmed: 'Paid for. They are yours.',
};

function HeldPart({ reservation: { heldAt, expiresAt } }: { reservation: Reservation }): ReactNode {
  if (heldAt === null || expiresAt === null) return null;
  const wholeMs = Date.parse(expiresAt) - Date.parse(heldAt);
  return <Countdown until={expiresAt} wholeMs={wholeMs} label="Time left on your hold" />;
}

function HoldButtons({ reservation: { id, extensionsLeft } }: { reservation: Reservation }): ReactNode {
  const { busy } = useCounter();
  const [, navigate] = useLocation();
  const goToPay = async (): Promise<void> => {
    await counter.goToPay();
    if (counter.read().reservation?.status === 'checkout') navigate(`/pay/${id}`);
  };
  return (
    <div className="hold-buttons">
      <button className="button main big" disabled={busy !== null} onClick={() => void goToPay()}>
        {busy === 'going to pay' ? 'One moment …' : 'Pay now'}
      </button>
      <button className="button" disabled={busy !== null || extensionsLeft === 0} onClick={() => void counter.extend()}>
        {extensionsLeft === 0 ? 'No more time to be had' : 'More time, please'}
      </button>
      <button className="button quiet" disabled={busy !== null} onClick={() => void counter.release()}>
        Release
      </button>
    </div>
  );
}
