import type { Sale } from '@holdfast/client/follow-sale';
import type { Reservation } from '@holdfast/client/reserve';
import { type ReactNode, useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Card } from '../../src/demo-shop/payment.view.js';
import { moneyText } from '../look/amount.js';
import { Cards } from './cards.js';
import { Countdown } from './countdown.js';
import { counter } from './counter.js';
import { Lines } from './lines.js';
import { Notice } from './notice.js';
import { Paid } from './paid.js';
import { useCounter } from './use-counter.js';
import { usePayment } from './use-payment.js';

/** Where money would change hands. What becomes of the payment, the backend tells; what becomes of the tickets, the stream. */
export function PayPage({ sale, id }: { sale: Sale; id: string }): ReactNode {
  const { reservation, problem, connection } = useCounter();
  const mine = reservation?.id === id ? reservation : null;
  useEffect(() => void counter.open(id), [id]);
  // Whoever comes here by a link has a hold that is not pinned yet.
  useEffect(() => {
    if (mine?.status === 'held') void counter.goToPay();
  }, [mine?.status]);
  return (
    <div className="pay">
      <h1>Pay</h1>
      {problem ? <Notice problem={problem} sale={sale} steps={{}} /> : null}
      {mine ? (
        <PayPart sale={sale} reservation={mine} lost={connection === 'lost'} />
      ) : problem ? (
        <BackLink />
      ) : (
        <p role="status">One moment …</p>
      )}
    </div>
  );
}

const BackLink = (): ReactNode => (
  <Link className="button" href="/">
    Back to the tickets
  </Link>
);

interface PayParts {
  readonly sale: Sale;
  readonly reservation: Reservation;
  /** Nothing is heard of it now. */
  readonly lost: boolean;
}

function PayPart({ sale, reservation, lost }: PayParts): ReactNode {
  const { id, status, lines, total, currency, orderId, checkoutExpiresAt } = reservation;
  const [card, setCard] = useState<Card>('succeeds');
  const { payment, paying, problem, pay } = usePayment(id);
  const [, navigate] = useLocation();
  const ordered = orderId ?? payment?.orderId ?? null;
  useEffect(() => {
    if (ordered !== null) navigate(`/orders/${ordered}`, { replace: true });
  }, [ordered, navigate]);
  const open = status === 'checkout';
  return (
    <div className="pay-columns">
      <section className="panel still" aria-label="What you pay for">
        <Lines sale={sale} lines={lines} total={total} currency={currency} />
        {open && checkoutExpiresAt !== null ? (
          <>
            <p className="soft">Your tickets are kept while you pay, for</p>
            <Countdown until={checkoutExpiresAt} wholeMs={sale.checkoutTtlSeconds * 1_000} label="Time left to pay" />
          </>
        ) : null}
      </section>
      <section className="stack" aria-label="Payment">
        {problem ? (
          <Notice problem={problem} sale={sale} steps={{ same: { label: 'Ask again', take: () => pay(card) } }} />
        ) : null}
        {payment ? <Paid payment={payment} sale={sale} /> : null}
        {!open && !paying && payment === null ? <Over status={status} /> : null}
        {open || paying ? (
          <>
            <Cards card={card} off={paying} onChoose={setCard} />
            {paying ? (
              <p className="asking" role="status">
                <span className="asking-line" aria-hidden="true" />
                {PAYING[card]}
              </p>
            ) : null}
            <div className="row">
              <button className="button main big" disabled={paying} onClick={() => pay(card)}>
                {paying ? 'Paying …' : `Pay ${moneyText(total, currency)}`}
              </button>
              <button
                className="button quiet"
                disabled={paying}
                onClick={() => void counter.release().then(() => navigate('/'))}
              >
                Give them back instead
              </button>
            </div>
          </>
        ) : (
          <BackLink />
        )}
        <Lost lost={lost} />
        <p className="soft small">
          No money moves. A shop of your own has its payment provider here; this one pretends.
        </p>
      </section>
    </div>
  );
}

/** Stands below the buttons, so that none moves away from under somebody's finger. */
function Lost({ lost }: { lost: boolean }): ReactNode {
  return (
    <div role="status">
      {lost ? (
        <p className="notice caution">
          Connection lost, trying again … Your tickets are kept until your time is up, and nothing is paid twice.
        </p>
      ) : null}
    </div>
  );
}

const PAYING: Record<Card, string> = {
  succeeds: 'Asking your bank …',
  fails: 'Asking your bank …',
  slow: 'Asking your bank, which takes its time …',
  late: 'Your bank sleeps. Wait here until the time to pay is over, and see what becomes of a late payment.',
};

function Over({ status }: { status: Reservation['status'] }): ReactNode {
  const text =
    status === 'expired'
      ? 'The time to pay was over, so the tickets went back on sale. Nothing was charged.'
      : 'There is nothing to pay for any more. Nothing was charged.';
  return (
    <p className="notice caution" role="status">
      {text}
    </p>
  );
}
