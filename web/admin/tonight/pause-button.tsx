import { DialogDismiss } from '@ariakit/react';
import { useMutation } from '@tanstack/react-query';
import { type SubmitEvent, type ReactNode, useState } from 'react';
import { Ask } from '../../look/ask.js';
import { Field } from '../../look/field.js';
import { api, queries, type Sale, sentenceOf } from '../server.js';

type Lever = 'pause' | 'resume';

const SAID: Record<Lever, { name: string; title: string; tells: string }> = {
  pause: {
    name: 'Pause the sale',
    title: 'Pause the sale?',
    tells: 'Nobody can reserve until it is resumed. Who holds units keeps them, and may pay; deadlines go on.',
  },
  resume: { name: 'Resume the sale', title: 'Resume the sale?', tells: 'Reservations are taken again, at once.' },
};

async function pull(saleId: string, lever: Lever, reason: string): Promise<void> {
  const params = { path: { saleId } };
  const body = { reason };
  if (lever === 'pause') await api.POST('/v1/admin/sales/{saleId}/pause', { params, body });
  else await api.POST('/v1/admin/sales/{saleId}/resume', { params, body });
  await queries.invalidateQueries({ queryKey: ['sales'] });
}

/** The lever that must be found in a hurry, and must not be pulled by accident. */
export function PauseButton({ sale: { id, status } }: { sale: Pick<Sale, 'id' | 'status'> }): ReactNode {
  const [asking, setAsking] = useState<Lever | null>(null);
  const lever = status === 'open' ? 'pause' : status === 'paused' ? 'resume' : null;
  if (lever === null && asking === null) return null;
  const shown = asking ?? lever ?? 'pause';
  return (
    <>
      {lever === null ? null : (
        <button className={`button big ${lever === 'pause' ? 'alarm' : 'main'}`} onClick={() => setAsking(lever)}>
          {SAID[lever].name}
        </button>
      )}
      <Ask open={asking !== null} onClose={() => setAsking(null)} title={SAID[shown].title}>
        <Confirmation saleId={id} lever={shown} onDone={() => setAsking(null)} />
      </Ask>
    </>
  );
}

function Confirmation({ saleId, lever, onDone }: { saleId: string; lever: Lever; onDone: () => void }): ReactNode {
  const [reason, setReason] = useState('');
  const pulling = useMutation({ mutationFn: () => pull(saleId, lever, reason.trim()), onSuccess: onDone });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    pulling.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p>{SAID[lever].tells}</p>
      <Field label="Reason, for the audit log" fault={pulling.error ? sentenceOf(pulling.error) : undefined}>
        <input required maxLength={500} autoFocus value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
      <div className="actions">
        <DialogDismiss className="button">Keep it as it is</DialogDismiss>
        <button className={`button ${lever === 'pause' ? 'alarm' : 'main'}`} disabled={pulling.isPending}>
          {SAID[lever].name}
        </button>
      </div>
    </form>
  );
}
