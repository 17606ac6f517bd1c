import type { RowSelectionState, SortingState } from '@tanstack/react-table';
import { type ReactNode, useCallback, useDeferredValue, useMemo, useState } from 'react';
import { useSearch } from 'wouter';
import { countOf, countText } from '../../look/amount.js';
import { ExportButton } from '../export/export-button.js';
import { storesAway } from '../live/stores-away.js';
import { useClockSteps } from '../live/use-clock.js';
import { useStats } from '../live/use-stats.js';
import { clock, type Sale } from '../server.js';
import { type Change, ChangeAsk } from './change-ask.js';
import type { HoldChange } from './change-holds.js';
import { ChosenBar } from './chosen-bar.js';
import type { KnownHolds } from './hold-list.js';
import { HoldFilters } from './hold-filters.js';
import { HoldPanel } from './hold-panel.js';
import { HoldTable } from './hold-table.js';
import type { Hold } from './read-holds.js';
import { readTable } from './read-table.js';
import { useHolds } from './use-holds.js';
import { ALL_HOLDS, fits, selectionOf, type Wanted } from './which-holds.js';

const FIRST_TO_END: SortingState = [{ id: 'endsAt', desc: false }];
/** A filter by time is looked at anew so often. */
const MOMENT_MS = 5_000;

/** Of what there is, what is looked for; looked at anew as time passes where that matters. */
function useShown({ items }: KnownHolds, wanted: Wanted): Hold[] {
  const asked = useDeferredValue(wanted);
  const steps = useClockSteps(MOMENT_MS);
  const moment = asked.within === '' && asked.older === '' ? 0 : steps;
  return useMemo(
    () => (moment >= 0 ? (items ?? []).filter((hold) => fits(hold, asked, clock.read())) : []),
    [items, asked, moment],
  );
}

const isUnread = ({ items, fault }: KnownHolds): boolean => items === null && fault !== null;

/** Everything that is held now, to be looked through, given back and prolonged. */
export function HoldsPage({ sale }: { sale: Sale }): ReactNode {
  const known = useHolds(sale.id);
  const asked = new URLSearchParams(useSearch()).get('customer') ?? '';
  const [wanted, setWanted] = useState({ ...ALL_HOLDS, text: asked });
  const [sorting, setSorting] = useState(FIRST_TO_END);
  const [chosen, setChosen] = useState<RowSelectionState>({});
  const [openId, setOpenId] = useState<string | null>(null);
  const [change, setChange] = useState<Change | null>(null);
  const shown = useShown(known, wanted);
  const skuNames = useMemo(() => new Map(sale.skus.map(({ id, name }) => [id, name])), [sale]);
  const picked = useMemo(() => shown.filter(({ id }) => chosen[id] === true), [shown, chosen]);
  const ask = (what: HoldChange, holds: readonly Hold[]): void => {
    const paying = holds.filter(({ status }) => status === 'checkout').length;
    setChange({
      what,
      paying,
      selection: selectionOf(
        sale.id,
        wanted,
        holds,
        !known.isReading && holds.length > 1 && holds.length === shown.length,
      ),
    });
  };
  const show = useCallback((hold: Hold) => setOpenId(hold.id), []);
  const open = known.items?.find(({ id }) => id === openId);
  return (
    <div className="stack">
      <header className="row spread">
        <h1>Held inventory</h1>
        <div className="row">
          <HowMany known={known} shown={shown} />
          <ExportButton name={`holds-${sale.slug}`} read={() => readTable(sale.id, wanted)} />
        </div>
      </header>
      {known.fault === null ? null : <p className="notice bad">{known.fault} It is tried again all the time.</p>}
      {known.items === null ? null : <StaleNotice sale={sale} />}
      {isUnread(known) ? null : known.items?.length === 0 && !known.isReading ? (
        <NothingHeld status={sale.status} />
      ) : (
        <>
          <HoldFilters sale={sale} wanted={wanted} onWanted={setWanted} />
          <HoldTable
            {...{ holds: shown, skuNames, sorting, onSorting: setSorting, chosen, onChosen: setChosen }}
            onOpen={show}
          />
          {shown.length === 0 && known.items !== null ? (
            <p className="soft">
              Nothing fits.{' '}
              <button className="link" onClick={() => setWanted(ALL_HOLDS)}>
                Show every hold
              </button>
            </p>
          ) : null}
          <ChosenBar holds={picked} onChange={(what) => ask(what, picked)} onNone={() => setChosen({})} />
        </>
      )}
      <HoldPanel
        reservationId={openId}
        version={open?.version ?? null}
        onClose={() => setOpenId(null)}
        onChange={open && ((what) => ask(what, [open]))}
      />
      <ChangeAsk change={change} onClose={() => setChange(null)} onStarted={() => setChosen({})} />
    </div>
  );
}

function HowMany({
  known: { items, isReading, expected, fault },
  shown,
}: {
  known: KnownHolds;
  shown: readonly Hold[];
}): ReactNode {
  const all = items?.length ?? 0;
  const units = shown.reduce((sum, hold) => sum + hold.units, 0);
  if (items === null && fault !== null) return null;
  if (isReading)
    return (
      <p className="soft" role="status">
        Reading {all === 0 ? '' : countText(all)}{' '}
        {expected === null || expected <= all ? '' : `of ${countText(expected)}`} …
      </p>
    );
  return (
    <p>
      <strong className="figure">{countText(shown.length)}</strong>{' '}
      {shown.length === all ? '' : `of ${countText(all)} `}
      {shown.length === 1 ? 'hold' : 'holds'}, {countOf(units, 'unit')}
    </p>
  );
}

function StaleNotice({ sale }: { sale: Sale }): ReactNode {
  const stats = useStats(sale);
  if (stats === null || storesAway(stats).length === 0) return null;
  return <p className="notice caution">These are the holds as they were known last.</p>;
}

function NothingHeld({ status }: { status: Sale['status'] }): ReactNode {
  return (
    <div className="empty">
      <h2>Nothing is held now.</h2>
      <p>
        {status === 'open'
          ? 'The moment somebody reserves, the hold stands here with its countdown, and leaves when it is paid, given back or over.'
          : `The sale is ${status}: nobody can reserve. Holds stand here with their countdowns while it is open.`}
      </p>
    </div>
  );
}
