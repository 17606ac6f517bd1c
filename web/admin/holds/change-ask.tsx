import { type ReactNode, useState } from 'react';
import { countOf } from '../../look/amount.js';
import { Field } from '../../look/field.js';
import { ReasonAsk } from '../../look/reason-ask.js';
import { type HoldChange, changeHolds } from './change-holds.js';

interface ChangeParts {
  readonly change: { readonly what: HoldChange['what']; readonly ids: readonly string[] } | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const MINUTES_INITIAL = 5;

/** Asks before holds are given back or prolonged, and tells how far it is. */
export function ChangeAsk({ change, onClose, onDone }: ChangeParts): ReactNode {
  const [minutes, setMinutes] = useState(MINUTES_INITIAL);
  const [done, setDone] = useState(0);
  const what = change?.what ?? 'release';
  const ids = change?.ids ?? [];
  const holds = countOf(ids.length, 'hold');
  const run = async (reason: string): Promise<void> => {
    const asked: HoldChange = what === 'release' ? { what } : { what, seconds: minutes * 60 };
    const { refusals } = await changeHolds(ids, asked, reason, setDone);
    onDone();
    if (refusals.length > 0) throw new Error(refusals.join(' '));
  };
  return (
    <ReasonAsk
      open={change !== null}
      onClose={() => {
        setDone(0);
        onClose();
      }}
      title={what === 'release' ? `Release ${holds}?` : `Extend ${holds}?`}
      tells={
        what === 'release'
          ? 'The units go back on sale at once. Whoever held them is told that it was an operator.'
          : 'The deadline moves; whoever holds the units sees it at once.'
      }
      action={what === 'release' ? 'Release' : 'Extend'}
      alarming={what === 'release'}
      run={run}
    >
      {what === 'extend' ? (
        <Field label="By how many minutes">
          <input
            type="number"
            min={1}
            max={1440}
            value={minutes}
            onChange={(e) => setMinutes(Number(e.target.value))}
          />
        </Field>
      ) : null}
      {done > 0 ? (
        <progress value={done} max={ids.length} aria-label="Changed">
          {done}
        </progress>
      ) : null}
    </ReasonAsk>
  );
}
