import { ProblemError } from '@holdfast/client/problem-error';
import type { Sale } from '@holdfast/client/follow-sale';
import type { ReactNode } from 'react';
import type { PaymentView } from '../../src/demo-shop/payment.view.js';
import { Notice } from './notice.js';

/** How a payment ended, where there is no order to look at. */
export function Paid({ payment: { status, problem }, sale }: { payment: PaymentView; sale: Sale }): ReactNode {
  if ((status === 'refunded' || status === 'refused') && problem)
    return <Notice problem={ProblemError.from(Number(problem['status']), problem)} sale={sale} steps={{}} />;
  if (status === 'declined')
    return (
      <div className="notice caution" role="alert">
        <p className="notice-title">The card was declined</p>
        <p>Nothing was charged, and your tickets are kept as long as the clock runs. Try another card.</p>
      </div>
    );
  if (status === 'unknown')
    return (
      <div className="notice bad" role="alert">
        <p className="notice-title">We do not know yet</p>
        <p>
          The box office does not answer. Do not pay again: as soon as it does, there is an order or your money goes
          back.
        </p>
      </div>
    );
  return null;
}
