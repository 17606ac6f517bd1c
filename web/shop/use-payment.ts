import { ProblemError } from '@holdfast/client/problem-error';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Card, PaymentView } from '../../src/demo-shop/payment.view.js';
import { beginPayment, settledPayment } from './pay.js';

interface Paying {
  /** The last payment; null where there was none, or it is not known yet. */
  readonly payment: PaymentView | null;
  readonly paying: boolean;
  readonly problem: ProblemError | null;
  readonly pay: (card: Card) => void;
}

/** The payments of one reservation. A page that is reloaded goes on waiting for the one that is under way. */
export function usePayment(reservationId: string): Paying {
  const [payment, setPayment] = useState<PaymentView | null>(null);
  const [paying, setPaying] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const here = useRef<AbortController | null>(null);

  const settle = useCallback(
    async (begin: () => Promise<unknown>) => {
      const stop = here.current?.signal;
      if (!stop) return;
      setProblem(null);
      try {
        await begin();
        const latest = await settledPayment(reservationId, stop);
        if (!stop.aborted) setPayment(latest);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        if (!stop.aborted) setProblem(error);
      } finally {
        if (!stop.aborted) setPaying(false);
      }
    },
    [reservationId],
  );

  useEffect(() => {
    const stop = new AbortController();
    here.current = stop;
    void settle(() => Promise.resolve());
    return () => stop.abort();
  }, [settle]);

  const pay = useCallback(
    (card: Card): void => {
      setPaying(true);
      setPayment(null);
      void settle(() => beginPayment(reservationId, card));
    },
    [reservationId, settle],
  );
  return { payment, paying, problem, pay };
}
