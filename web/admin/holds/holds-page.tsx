import type { RowSelectionState, SortingState } from '@tanstack/react-table';
import { type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import { countOf, countText } from '../../look/amount.js';
import { clock, type Sale } from '../server.js';
import { useClockSteps } from '../live/use-clock.js';
import { ChangeAsk } from './change-ask.js';
import type { HoldChange } from './change-holds.js';
import { HoldFilters } from './hold-filters.js';
import { HoldPanel } from './hold-panel.js';
import { HoldTable } from './hold-table.js';
import type { Hold } from './read-holds.js';
import { useHolds } from './use-holds.js';
import { ALL_HOLDS, fits } from './which-holds.js';

const FIRST_TO_END: SortingState = [{ id: 'endsAt', desc: false }];
/** A filter by time is looked at anew so often. */
const MOMENT_MS = 5_000;

/** Everything that is held now, to be looked through, given back and prolonged. */
export function HoldsPage({ sale }: { sale: Sale }): ReactNode {
  const { holds, fault, refresh } = useHolds(sale.id);
  const [wanted, setWanted] = useState(ALL_HOLDS);
  const [sorting, setSorting] = useState(FIRST_TO_END);
  const [chosen, setChosen] = useState<RowSelectionState>({});
  const [openId, setOpenId] = useState<string | null>(null);
  const [change, setChange] = useState<{ what: HoldChange['what']; ids: readonly string[] } | null>(null);
  const asked = useDeferredValue(wanted);
  const steps = useClockSteps(MOMENT_MS);
  const moment = asked.within === '' ? 0 : steps;
  const shown = useMemo(
    () => (moment >= 0 ? (holds?.items ?? []).filter((hold) => fits(hold, asked, clock.read())) : []),
    [holds, asked, moment],
  );
  const skuNames = useMemo(() => new Map(sale.skus.map(({ id, name }) => [id, name])), [sale]);
  const ids = shown.filter(({ id }) => chosen[id] === true).map(({ id }) => id);
  const units = shown.reduce((sum, hold) => sum + hold.units, 0);
  return (
    <div className="stack">
      <header className="row spread">
        <h1>Held inventory</h1>
        <p role="status">
          {holds === null ? 'Reading …' : <Shown shown={shown.length} all={holds.items.length} units={units} />}
        </p>
      </header>
      {fault === null ? null : <p className="notice bad">{fault}</p>}
      {holds?.stale === true ? (
        <p className="notice caution">Redis is out of reach: these are the holds as the journal last had them.</p>
      ) : null}
      <HoldFilters sale={sale} wanted={wanted} onWanted={setWanted} />
      <ChosenBar count={ids.length} onChange={(what) => setChange({ what, ids })} onNone={() => setChosen({})} />
      {holds?.items.length === 0 ? (
        <div className="empty">
          <h2>Nothing is held now.</h2>
          <p>The moment somebody reserves, the hold stands here, with its countdown.</p>
        </div>
      ) : (
        <HoldTable
          holds={shown}
          skuNames={skuNames}
          sorting={sorting}
          onSorting={setSorting}
          chosen={chosen}
          onChosen={setChosen}
          onOpen={(hold: Hold) => setOpenId(hold.id)}
        />
      )}
      <HoldPanel
        reservationId={openId}
        onClose={() => setOpenId(null)}
        onChange={(what) => openId !== null && setChange({ what, ids: [openId] })}
      />
      <ChangeAsk
        change={change}
        onClose={() => setChange(null)}
        onDone={() => {
          setChosen({});
          setOpenId(null);
          refresh();
        }}
      />
    </div>
  );
}

function Shown({ shown, all, units }: { shown: number; all: number; units: number }): ReactNode {
  return (
    <>
      <strong className="figure">{countText(shown)}</strong> {shown === all ? '' : `of ${countText(all)} `}
      {shown === 1 ? 'hold' : 'holds'}, {countOf(units, 'unit')}
    </>
  );
}

interface ChosenParts {
  readonly count: number;
  readonly onChange: (what: HoldChange['what']) => void;
  readonly onNone: () => void;
}

function ChosenBar({ count, onChange, onNone }: ChosenParts): ReactNode {
  return (
    <div className="row" hidden={count === 0}>
      <strong>{countOf(count, 'hold')} chosen</strong>
      <button className="button small alarm" onClick={() => onChange('release')}>
        Release
      </button>
      <button className="button small" onClick={() => onChange('extend')}>
        Extend
      </button>
      <button className="button small quiet" onClick={onNone}>
        Choose none
      </button>
    </div>
  );
}
