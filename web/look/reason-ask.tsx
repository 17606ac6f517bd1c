import { DialogDismiss } from '@ariakit/react';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, type SubmitEvent, useState } from 'react';
import { Ask } from './ask.js';
import { Field } from './field.js';

interface ReasonParts {
  /** What will be so afterwards. */
  readonly tells: ReactNode;
  /** On the button that does it. */
  readonly action: string;
  readonly alarming?: boolean;
  /** Does it; a refusal is shown, and the question stays. */
  readonly run: (reason: string) => Promise<unknown>;
  readonly onDone?: () => void;
  /** More that must be said. */
  readonly children?: ReactNode;
}

export interface ReasonAsked extends ReasonParts {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
}

/** Asks for the reason of a change, which the audit log keeps, and has it done. */
export function ReasonAsk(asked: ReasonAsked): ReactNode {
  return (
    <Ask open={asked.open} onClose={asked.onClose} title={asked.title}>
      <ReasonForm {...asked} onDone={asked.onClose} />
    </Ask>
  );
}

/** What stands in such a question. */
export function ReasonForm({ tells, action, alarming = false, run, onDone, children }: ReasonParts): ReactNode {
  const [reason, setReason] = useState('');
  const running = useMutation({ mutationFn: () => run(reason.trim()), ...(onDone && { onSuccess: onDone }) });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    running.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <div>{tells}</div>
      {children}
      <Field label="Reason, for the audit log" fault={running.error?.message}>
        <input
          required
          maxLength={500}
          pattern=".*\S.*"
          title="a few words"
          autoFocus
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      <div className="actions">
        <DialogDismiss className="button">Leave it as it is</DialogDismiss>
        <button className={`button ${alarming ? 'alarm' : 'main'}`} disabled={running.isPending}>
          {running.isPending ? 'Working …' : action}
        </button>
      </div>
    </form>
  );
}
