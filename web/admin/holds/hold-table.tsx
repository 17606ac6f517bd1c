import {
  createColumnHelper,
  createSortedRowModel,
  rowSelectionFeature,
  rowSortingFeature,
  type Row,
  type RowSelectionState,
  type SortingState,
  sortFn_basic,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, type RefObject, useMemo, useRef } from 'react';
import { countOf, moneyText } from '../../look/amount.js';
import { Countdown } from './countdown.js';
import type { Hold } from './read-holds.js';
import './hold-table.css';

const ROW_PIXELS = 48;
const ROW_PIXELS_NARROW = 84;
const NARROW = matchMedia('(width <= 760px)');

type Rows = Virtualizer<HTMLDivElement, Element>;

const features = tableFeatures({
  ...{ rowSortingFeature, rowSelectionFeature },
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic },
});
const column = createColumnHelper<typeof features, Hold>();

const unitsText = ({ lines, units }: Hold): string => {
  const named = lines.flatMap((line) => line.units);
  return named.length > 0 && named.length <= 4 ? named.join(', ') : countOf(units, 'unit');
};

const columns = column.columns([
  column.accessor('customerId', { sortFn: 'basic' }),
  column.accessor(unitsText, { id: 'units', enableSorting: false }),
  column.accessor('total', { sortFn: 'basic' }),
  column.accessor('status', { sortFn: 'basic' }),
  column.accessor('heldAt', { sortFn: 'basic' }),
  column.accessor('endsAt', { sortFn: 'basic' }),
]);

const HEADINGS = new Map([
  ['customerId', 'Customer'],
  ['units', 'Units'],
  ['total', 'Total'],
  ['status', 'State'],
  ['heldAt', 'Held for'],
  ['endsAt', 'Ends in'],
]);

interface TableParts {
  readonly holds: readonly Hold[];
  readonly skuNames: ReadonlyMap<string, string>;
  readonly sorting: SortingState;
  readonly onSorting: (sorting: SortingState) => void;
  readonly chosen: RowSelectionState;
  readonly onChosen: (chosen: RowSelectionState) => void;
  readonly onOpen: (hold: Hold) => void;
}

/** Any number of holds: only those rows exist that are looked at. */
export function HoldTable({ holds, skuNames, sorting, onSorting, chosen, onChosen, onOpen }: TableParts): ReactNode {
  const table = useTable({
    ...{ features, columns, data: holds, getRowId: (hold: Hold) => hold.id },
    state: { sorting, rowSelection: chosen },
    onSortingChange: (next) => onSorting(typeof next === 'function' ? next(sorting) : next),
    onRowSelectionChange: (next) => onChosen(typeof next === 'function' ? next(chosen) : next),
  });
  const { rows } = table.getRowModel();
  const areAllChosen = useMemo(() => rows.length > 0 && rows.every(({ id }) => chosen[id] === true), [rows, chosen]);
  return (
    <div className="holds" role="table" aria-label="Live holds" aria-rowcount={rows.length + 1}>
      <div role="rowgroup" className="holds-head">
        {table.getHeaderGroups().map((group) => (
          <div key={group.id} role="row" className="holds-row" aria-rowindex={1}>
            <span role="columnheader">
              <input
                type="checkbox"
                aria-label="Choose all that are shown"
                checked={areAllChosen}
                onChange={table.getToggleAllRowsSelectedHandler()}
              />
            </span>
            {group.headers.map((header) => (
              <span
                key={header.id}
                role="columnheader"
                className={header.id}
                aria-sort={sortOf(header.column.getIsSorted())}
              >
                <Heading
                  id={header.id}
                  sort={sortOf(header.column.getIsSorted())}
                  onSort={header.column.getToggleSortingHandler()}
                />
              </span>
            ))}
          </div>
        ))}
      </div>
      <HoldRows rows={rows} chosen={chosen} skuNames={skuNames} onOpen={onOpen} />
    </div>
  );
}

interface RowsParts extends Pick<TableParts, 'chosen' | 'skuNames' | 'onOpen'> {
  readonly rows: readonly Row<typeof features, Hold>[];
}

/** Scrolling draws these alone: the table around them looks at every hold, and they at those that are seen. */
function HoldRows({ rows, chosen, skuNames, onOpen }: RowsParts): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useRows(scroller, rows);
  return (
    <div ref={scroller} role="rowgroup" className="holds-body" tabIndex={0} aria-label="Rows">
      <div style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ key, index, start, size }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            <div
              key={key}
              role="row"
              aria-rowindex={index + 2}
              className={chosen[row.id] === true ? 'holds-row chosen' : 'holds-row'}
              style={{ transform: `translateY(${start}px)`, height: size }}
            >
              <span role="cell">
                <ChooseBox
                  customerId={row.original.customerId}
                  chosen={chosen[row.id] === true}
                  onClick={row.getToggleSelectedHandler()}
                />
              </span>
              <HoldCells hold={row.original} skuNames={skuNames} onOpen={onOpen} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

const ARROWS = { ascending: ' ↑', descending: ' ↓', none: '' } as const;

const headingOf = (id: string): string => HEADINGS.get(id) ?? id;

interface HeadingParts {
  readonly id: string;
  readonly sort: keyof typeof ARROWS;
  readonly onSort: ((event: unknown) => void) | undefined;
}

function Heading({ id, sort, onSort }: HeadingParts): ReactNode {
  if (id === 'units') return headingOf(id);
  return (
    <button onClick={onSort}>
      {headingOf(id)}
      <span aria-hidden="true">{ARROWS[sort]}</span>
    </button>
  );
}

function sortOf(sorted: false | 'asc' | 'desc'): 'ascending' | 'descending' | 'none' {
  return sorted === false ? 'none' : sorted === 'asc' ? 'ascending' : 'descending';
}

type CellParts = Pick<TableParts, 'skuNames' | 'onOpen'> & { readonly hold: Hold };

const HoldCells = memo(function HoldCells({ hold, skuNames, onOpen }: CellParts): ReactNode {
  return (
    <>
      <span role="cell" className="customerId">
        <button className="id" onClick={() => onOpen(hold)}>
          {hold.customerId}
        </button>
      </span>
      <span role="cell" className="units">
        {unitsText(hold)} <span className="soft">{hold.lines.map(({ skuId }) => skuNames.get(skuId)).join(', ')}</span>
      </span>
      <span role="cell" className="total">
        {moneyText(hold.total, hold.currency)}
      </span>
      <span role="cell" className={`status ${hold.status}`}>
        {hold.status === 'checkout' ? 'paying' : 'held'}
      </span>
      <span role="cell" className="heldAt">
        <Countdown since={hold.heldAt} />
      </span>
      <span role="cell" className="endsAt">
        <Countdown until={hold.endsAt} />
      </span>
    </>
  );
});

interface ChooseParts {
  readonly customerId: string;
  readonly chosen: boolean;
  readonly onClick: (event: unknown) => void;
}

/** A click tells whether Shift was down, which chooses all between. */
function ChooseBox({ customerId, chosen, onClick }: ChooseParts): ReactNode {
  return (
    <input
      type="checkbox"
      aria-label={`Choose the hold of ${customerId}`}
      checked={chosen}
      onClick={onClick}
      onChange={() => undefined}
    />
  );
}

/** Which rows are looked at. */
function useRows(scroller: RefObject<HTMLDivElement | null>, rows: readonly { readonly id: string }[]): Rows {
  return useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (NARROW.matches ? ROW_PIXELS_NARROW : ROW_PIXELS),
    getItemKey: (at) => rows[at]?.id ?? at,
    overscan: 8,
  });
}
