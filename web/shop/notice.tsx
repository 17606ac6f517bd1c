import type { ProblemError } from '@holdfast/client/problem-error';
import type { Sale } from '@holdfast/client/follow-sale';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { countdownText } from '../look/moment.js';
import { type NextStep, sayRefusal } from './say-refusal.js';
import { clock } from './server.js';

interface NoticeParts {
  readonly problem: ProblemError;
  readonly sale: Sale;
  /** What the step does, where this page can do it. */
  readonly steps: Partial<Record<NextStep, { readonly label: string; readonly take: () => void }>>;
}

/** A refusal, said kindly: what became of the tickets and the money, and what to do next. It takes the focus. */
export function Notice({ problem, sale, steps }: NoticeParts): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), [problem]);
  const skuName = (skuId: string): string => sale.skus.find(({ id }) => id === skuId)?.name ?? 'Ticket';
  const said = sayRefusal(problem, { skuName, until: (moment) => countdownText(clock.until(moment)) });
  const step =
    said.next === 'reload' ? { label: 'Load the page again', take: () => location.reload() } : steps[said.next];
  return (
    <div className={said.grave ? 'notice bad' : 'notice caution'} role="alert" tabIndex={-1} ref={place}>
      <p className="notice-title">{said.title}</p>
      <p>{said.text}</p>
      <p className="row">
        {step ? (
          <button className="button small" onClick={step.take}>
            {step.label}
          </button>
        ) : null}
        {said.next === 'orders' ? (
          <Link className="button small" href="/orders">
            See your orders
          </Link>
        ) : null}
        <span className="soft small">
          <code>{problem.code}</code>
        </span>
      </p>
    </div>
  );
}
