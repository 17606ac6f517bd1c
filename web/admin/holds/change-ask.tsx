import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { countOf, countText } from '../../look/amount.js';
import { Ask } from '../../look/ask.js';
import { Field } from '../../look/field.js';
import { ReasonForm } from '../../look/reason-ask.js';
import { sentenceOf } from '../server.js';
import {
  type Answered,
  type BulkRun,
  changeHolds,
  changeOne,
  type HoldChange,
  onlyOne,
  type Selection,
} from './change-holds.js';
import { ChangeProgress } from './change-progress.js';

export interface Change {
  readonly what: HoldChange;
  readonly selection: Selection;
  /** How many of them are being paid for now. */
  readonly paying: number;
}

interface ChangeParts {
  readonly change: Change | null;
  readonly onClose: () => void;
  /** It is on its way. */
  readonly onStarted: () => void;
}

const TITLES: Record<HoldChange, string> = { release: 'Release holds', extend: 'Extend holds' };

/** Asks before holds are given back or prolonged: says what it would do, takes the reason, shows how far it is. */
export function ChangeAsk({ change, onClose, onStarted }: ChangeParts): ReactNode {
  const [shown, setShown] = useState(change);
  if (change && change !== shown) setShown(change);
  return (
    <Ask open={change !== null} onClose={onClose} title={TITLES[shown?.what ?? 'release']}>
      {change ? <ChangeForm change={change} onStarted={onStarted} onClose={onClose} /> : null}
    </Ask>
  );
}

const MINUTES_INITIAL = 5;

type FormParts = Omit<ChangeParts, 'change'> & { readonly change: Change };

function ChangeForm({ change, onStarted, onClose }: FormParts): ReactNode {
  const { what, selection, paying } = change;
  const one = onlyOne(selection);
  const [minutes, setMinutes] = useState(String(MINUTES_INITIAL));
  const [withPaying, setWithPaying] = useState(one !== null && paying > 0);
  const [runs, setRuns] = useState<readonly BulkRun[] | null>(null);
  const asked = { what, selection, withPaying, seconds: Math.max(1, Math.round(Number(minutes) * 60)) };
  const dry = useQuery({
    queryKey: ['dry-run', what, selection, withPaying],
    queryFn: () => changeHolds({ ...asked, reason: 'A dry run' }, true),
    ...{ staleTime: 0, gcTime: 0 },
  });
  const fault = dry.error ?? dry.failureReason;
  if (runs) return <ChangeProgress what={what} runs={runs} />;
  return (
    <ReasonForm
      tells={<WouldDo what={what} answered={dry.data ?? null} fault={fault && sentenceOf(fault)} />}
      action={what === 'release' ? 'Release them' : 'Extend them'}
      alarming={what === 'release'}
      run={async (reason) => {
        if (one === null) setRuns((await changeHolds({ ...asked, reason }, false)).runs);
        else await changeOne(one, { ...asked, reason });
        onStarted();
        if (one !== null) onClose();
      }}
    >
      {what === 'extend' ? (
        <Field label="By how many minutes">
          <input
            type="number"
            min={1}
            max={1440}
            required
            value={minutes}
            onChange={(e) => setMinutes(e.target.value)}
          />
        </Field>
      ) : null}
      {paying > 0 && what === 'release' && one === null ? (
        <label className="row">
          <input type="checkbox" checked={withPaying} onChange={(event) => setWithPaying(event.target.checked)} />
          Also the {countText(paying)} that are being paid for
        </label>
      ) : null}
      {paying > 0 && what === 'extend' ? (
        <p className="soft">{countOf(paying, 'is', 'are')} being paid for, and will not be prolonged.</p>
      ) : null}
    </ReasonForm>
  );
}

interface WouldDoParts {
  readonly what: HoldChange;
  readonly answered: Answered | null;
  readonly fault: string | null;
}

/** What the server says that it would change: nothing has been yet. */
function WouldDo({ what, answered, fault }: WouldDoParts): ReactNode {
  const tells =
    what === 'release'
      ? 'The units go back on sale at once, and whoever held them is told that it was an operator.'
      : 'The deadlines move; whoever holds the units sees it at once.';
  if (fault !== null) return <p className="notice bad">{fault}</p>;
  if (answered === null) return <p className="soft">Asking what it would change …</p>;
  return (
    <p role="status">
      <strong>
        {countOf(answered.holds, 'hold')} with {countOf(answered.units, 'unit')}.
      </strong>{' '}
      {tells}
    </p>
  );
}
