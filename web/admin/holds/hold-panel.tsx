import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Schemas } from '../../client/api-client.js';
import { moneyText } from '../../look/amount.js';
import { Ask } from '../../look/ask.js';
import { Moment } from '../../look/moment.js';
import { Reading } from '../live/reading.js';
import { api } from '../server.js';
import type { HoldChange } from './change-holds.js';
import { Countdown } from './countdown.js';
import './hold-panel.css';

type Trace = Schemas['ReservationTrace'];

async function readTrace(id: string): Promise<Trace | null> {
  const { data } = await api.GET('/v1/admin/reservations/{id}/trace', { params: { path: { id } } });
  return data ?? null;
}

interface PanelParts {
  readonly reservationId: string | null;
  /** Another version is another trace: it is read again. Null: it is not live. */
  readonly version?: number | null;
  readonly onClose: () => void;
  /** Absent where nothing can be changed from. */
  readonly onChange?: ((change: HoldChange) => void) | undefined;
}

/** One reservation: what it is, and every decision about it, with who and why. */
export function HoldPanel({ reservationId, version = null, onClose, onChange }: PanelParts): ReactNode {
  // While the panel goes away it goes on showing what it showed.
  const [shownId, setShownId] = useState(reservationId);
  if (reservationId !== null && reservationId !== shownId) setShownId(reservationId);
  const trace = useQuery({
    queryKey: ['trace', shownId, version],
    queryFn: () => (shownId === null ? null : readTrace(shownId)),
    placeholderData: (before: Trace | null | undefined) => (before?.reservation.id === shownId ? before : undefined),
    ...{ staleTime: 0, enabled: reservationId !== null },
  });
  return (
    <Ask side open={reservationId !== null} onClose={onClose} title="Reservation">
      <p className="id wraps">{shownId}</p>
      {reservationId === null ? null : <Reading of={trace} what="Reading what happened …" />}
      {trace.data ? <Told trace={trace.data} onChange={onChange} /> : null}
    </Ask>
  );
}

function Told({ trace, onChange }: { trace: Trace; onChange: PanelParts['onChange'] }): ReactNode {
  const { customerId, status, lines, total, currency, expiresAt, checkoutExpiresAt } = trace.reservation;
  const isLive = status === 'held' || status === 'checkout';
  const until = isLive ? (checkoutExpiresAt ?? expiresAt) : null;
  return (
    <>
      <dl className="told">
        <dt>Customer</dt>
        <dd className="id">{customerId}</dd>
        <dt>State</dt>
        <dd>
          {status}
          {until === null ? null : (
            <>
              , ends in <Countdown until={until} />
            </>
          )}
        </dd>
        <dt>Units</dt>
        <dd>{lines.flatMap(({ units }) => units).join(', ') || 'none'}</dd>
        <dt>Total</dt>
        <dd>{moneyText(total, currency)}</dd>
      </dl>
      {isLive && onChange ? (
        <div className="row">
          <button className="button alarm" onClick={() => onChange('release')}>
            Release …
          </button>
          {status === 'held' ? (
            <button className="button" onClick={() => onChange('extend')}>
              Extend …
            </button>
          ) : null}
        </div>
      ) : null}
      <h3>What happened</h3>
      <ol className="trace">
        {trace.entries.map(({ kind, at, text }, place) => (
          <li key={`${place}-${kind}`} className={kind}>
            <span className="small soft">{at === null ? 'now' : <Moment at={at} />}</span>
            <p>{text}</p>
          </li>
        ))}
      </ol>
    </>
  );
}
