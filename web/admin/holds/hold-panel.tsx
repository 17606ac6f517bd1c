import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Schemas } from '../../client/api-client.js';
import { moneyText } from '../../look/amount.js';
import { Ask } from '../../look/ask.js';
import { Moment } from '../../look/moment.js';
import { api, sentenceOf } from '../server.js';
import type { HoldChange } from './change-holds.js';
import './hold-panel.css';

type Trace = Schemas['ReservationTrace'];

async function readTrace(id: string): Promise<Trace | null> {
  const { data } = await api.GET('/v1/admin/reservations/{id}/trace', { params: { path: { id } } });
  return data ?? null;
}

interface PanelParts {
  readonly reservationId: string | null;
  readonly onClose: () => void;
  /** Absent where nothing can be changed from. */
  readonly onChange?: (change: HoldChange['what']) => void;
}

/** One reservation: what it is, and every decision about it, with who and why. */
export function HoldPanel({ reservationId, onClose, onChange }: PanelParts): ReactNode {
  const trace = useQuery({
    queryKey: ['trace', reservationId],
    queryFn: () => (reservationId === null ? null : readTrace(reservationId)),
    staleTime: 0,
  });
  return (
    <Ask side open={reservationId !== null} onClose={onClose} title="Reservation">
      <p className="id wraps">{reservationId}</p>
      {trace.isError ? <p className="notice bad">{sentenceOf(trace.error)}</p> : null}
      {trace.isPending ? <p className="soft">Reading what happened …</p> : null}
      {trace.data ? <Told trace={trace.data} onChange={onChange} /> : null}
    </Ask>
  );
}

function Told({ trace, onChange }: { trace: Trace; onChange: PanelParts['onChange'] }): ReactNode {
  const { customerId, status, lines, total, currency } = trace.reservation;
  const isLive = status === 'held' || status === 'checkout';
  return (
    <>
      <dl className="told">
        <dt>Customer</dt>
        <dd className="id">{customerId}</dd>
        <dt>State</dt>
        <dd>{status}</dd>
        <dt>Units</dt>
        <dd>{lines.flatMap(({ units }) => units).join(', ') || 'none'}</dd>
        <dt>Total</dt>
        <dd>{moneyText(total, currency)}</dd>
      </dl>
      {isLive && onChange ? (
        <div className="row">
          <button className="button alarm" onClick={() => onChange('release')}>
            Release
          </button>
          {status === 'held' ? (
            <button className="button" onClick={() => onChange('extend')}>
              Extend
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
