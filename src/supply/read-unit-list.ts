import { CsvError, parse } from 'csv-parse/sync';
import { isPrintable } from '../platform/body-rules.js';
import type { FieldError } from '../platform/validation.js';
import { Problem } from '../problems.js';
import { LABEL_LENGTH_MAX, SEAT_NUMBER } from '../sales/sale-limits.js';
import { UNITS_PER_IMPORT_MAX } from './supply-limits.js';

/** A named unit, and where in the list it stands, for whoever has to correct it. */
export interface ListedUnit {
  readonly label: string;
  readonly section: string | null;
  readonly row: string | null;
  readonly seat: number | null;
  readonly at: (column: Column) => string;
}

const COLUMNS = ['label', 'section', 'row', 'seat'] as const;
type Column = (typeof COLUMNS)[number];
/** A row as it was sent; null and undefined for what is not there. */
type Row = Readonly<Record<Column, unknown>> & {
  readonly at: (column: Column) => string;
  readonly wrong: FieldError[];
};

/** Enough to see what is wrong with a list, and no answer of megabytes. */
const ERRORS_MAX = 100;

/** The units of a list: the text of a CSV with a header, or a JSON array of objects. Throws invalid-request with the rows that are wrong. */
export function readUnitList(body: unknown): ListedUnit[] {
  // Before anything is made of its entries: a list may be short of bytes and long of nothing.
  if (Array.isArray(body)) refuseLength(body.length);
  const rows = typeof body === 'string' ? csvRows(body) : jsonRows(body);
  refuseLength(rows.length);
  const errors: FieldError[] = [];
  const seen = new Map<unknown, string>();
  const units = rows.map((row) => {
    errors.push(...row.wrong, ...faultsOf(row));
    const first = seen.get(row.label);
    if (first !== undefined) errors.push({ pointer: row.at('label'), detail: `is the same as ${first}` });
    else if (typeof row.label === 'string') seen.set(row.label, row.at('label'));
    return unitOf(row);
  });
  if (errors.length > 0) throw faultyUnits(errors);
  return units;
}

function refuseLength(length: number): void {
  if (length > 0 && length <= UNITS_PER_IMPORT_MAX) return;
  throw faultyUnits([{ pointer: '', detail: `must be a list of 1 to ${UNITS_PER_IMPORT_MAX} units` }]);
}

/** The refusal of a list, with the first of its faults and how many there are. */
export function faultyUnits(errors: FieldError[]): Problem {
  const [first] = errors;
  const detail = `${first?.pointer || 'The list'}: ${first?.detail}${errors.length > 1 ? `, and ${errors.length - 1} more` : ''}.`;
  return new Problem('invalid-request', detail, { errors: errors.slice(0, ERRORS_MAX), errorsTotal: errors.length });
}

function csvRows(text: string): Row[] {
  const [header, ...lines] = parsed(text);
  const names = header?.record ?? [];
  const unknown = names.filter((name, i) => !COLUMNS.some((column) => column === name) || names.indexOf(name) !== i);
  if (!names.includes('label') || unknown.length > 0)
    throw faultyUnits([
      { pointer: 'line 1', detail: `must name the columns ${COLUMNS.join(', ')}, label at least, each once` },
    ]);
  return lines.map(({ record, info }) => {
    const cell = (column: Column): string | null => record[names.indexOf(column)] || null;
    const seat = cell('seat');
    const count = `must have ${names.length} cells, as the header has`;
    return {
      ...{ label: cell('label') ?? '', section: cell('section'), row: cell('row') },
      seat: seat !== null && /^\d{1,9}$/.test(seat) ? Number(seat) : seat,
      at: (column) => `line ${info.lines}, ${column}`,
      wrong: record.length === names.length ? [] : [{ pointer: `line ${info.lines}`, detail: count }],
    };
  });
}

function parsed(text: string): { record: string[]; info: { lines: number } }[] {
  try {
    const options = {
      ...{ bom: true, info: true, skip_empty_lines: true, trim: true, relax_column_count: true },
      // The header, and one unit too many.
      to: UNITS_PER_IMPORT_MAX + 2,
    } as const;
    // With `info` a record comes with where it stands; the types of the library do not say so.
    return parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw faultyUnits([
      { pointer: `line ${String(error['lines'])}`, detail: 'is no CSV: a quote is not closed, or not where it may be' },
    ]);
  }
}

function jsonRows(body: unknown): Row[] {
  if (!Array.isArray(body))
    throw faultyUnits([{ pointer: '', detail: 'must be a list of units, as JSON or as text/csv' }]);
  return body.map((entry: unknown, i) => {
    const given =
      typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? (entry as Record<string, unknown>) : {};
    const strange = Object.keys(given).filter((name) => !COLUMNS.some((column) => column === name));
    const { label, section, row, seat } = given;
    return {
      ...{ label, section, row, seat, at: (column) => `/${i}/${column}` },
      wrong: strange.map((name) => ({
        pointer: `/${i}/${name.slice(0, LABEL_LENGTH_MAX)}`,
        detail: 'is not a member of a unit',
      })),
    };
  });
}

function faultsOf({ label, section, row, seat, at }: Row): FieldError[] {
  const text = `must be 1 to ${LABEL_LENGTH_MAX} printable characters, without a space at either end`;
  const isText = (value: unknown): boolean => isPrintable(value, LABEL_LENGTH_MAX);
  const { min, max } = SEAT_NUMBER;
  const isSeat = Number.isSafeInteger(seat) && Number(seat) >= min && Number(seat) <= max;
  const absent = (value: unknown): boolean => value === null || value === undefined;
  const checks: [Column, boolean, string][] = [
    ['label', isText(label), text],
    ['section', absent(section) || isText(section), text],
    ['row', absent(row) || isText(row), text],
    ['seat', absent(seat) || isSeat, `must be a whole number from ${min} to ${max}`],
  ];
  return checks.filter(([, right]) => !right).map(([column, , detail]) => ({ pointer: at(column), detail }));
}

function unitOf({ label, section, row, seat, at }: Row): ListedUnit {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    label: text(label) ?? '',
    section: text(section),
    row: text(row),
    seat: typeof seat === 'number' ? seat : null,
    at,
  };
}
