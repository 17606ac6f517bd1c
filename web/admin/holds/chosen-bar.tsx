import type { ReactNode } from 'react';
import { countOf } from '../../look/amount.js';
import type { HoldChange } from './change-holds.js';
import type { Hold } from './read-holds.js';

interface ChosenParts {
  readonly holds: readonly Hold[];
  readonly onChange: (what: HoldChange) => void;
  readonly onNone: () => void;
}

/** What can be done with the holds that are chosen; always in the same place, so that nothing moves when one is. */
export function ChosenBar({ holds, onChange, onNone }: ChosenParts): ReactNode {
  const units = holds.reduce((sum, hold) => sum + hold.units, 0);
  const none = holds.length === 0;
  return (
    <div className="chosen-bar" role="toolbar" aria-label="What to do with the chosen holds">
      <p role="status" className={none ? 'soft' : ''}>
        {none ? 'Choose holds to release or extend them.' : null}
        {none ? null : (
          <>
            <strong>{countOf(holds.length, 'hold')} chosen</strong>, {countOf(units, 'unit')}
          </>
        )}
      </p>
      <div className="row">
        <button className="button small alarm" disabled={none} onClick={() => onChange('release')}>
          Release …
        </button>
        <button className="button small" disabled={none} onClick={() => onChange('extend')}>
          Extend …
        </button>
        <button className="button small quiet" disabled={none} onClick={onNone}>
          Choose none
        </button>
      </div>
    </div>
  );
}
