import type { AuditedHold, AuditedHolds } from '../inventory/audit-reads.js';
import type { HoldRecord } from '../inventory/records.js';
import { reservationId } from '../inventory/reservation-ref.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { unpackCounters } from '../inventory/sku-counters.js';
import type { AuditedRow, AuditedRows } from './audit-rows.js';
import type { Finding } from './audit-finding.js';

const SAID: Record<string, string> = {
  unreadable: 'cannot be read',
  undated: 'has not the deadline that it should have, so that it would never expire, or at another time',
  dated: 'is pinned, and has a deadline all the same',
};

/** Each hold with its deadline and the marks of its units, as the script has compared them at one moment. */
export function holdsAlone(sale: SaleRef, { holds }: AuditedHolds): Finding[] {
  return [...holds].flatMap(([tail, { remarks }]) =>
    remarks.flatMap((remark): Finding[] => {
      const [word = '', place] = remark.split(':');
      const said = place ? `holds unit ${place}, which is not marked as taken` : SAID[word];
      return said ? [{ kind: 'hold', text: `the hold ${reservationId(sale, tail)} ${said}` }] : [];
    }),
  );
}

/** The counters of holds against the holds themselves: of one moment, while nothing moved. */
export function holdsCounted({ holds, stock }: AuditedHolds): Finding[] {
  const sums = new Map<number, { held: number; checkout: number }>();
  for (const { hold } of holds.values()) {
    for (const { ordinal, units } of hold?.lines ?? []) {
      const sum = sums.get(ordinal) ?? { held: 0, checkout: 0 };
      sum[hold?.state === 'checkout' ? 'checkout' : 'held'] += units.length;
      sums.set(ordinal, sum);
    }
  }
  return [...new Set([...stock.keys(), ...sums.keys()])].flatMap((ordinal): Finding[] => {
    const counted = unpackCounters(stock.get(ordinal) ?? '');
    const { held, checkout } = sums.get(ordinal) ?? { held: 0, checkout: 0 };
    if (!counted || (counted.held === held && counted.checkout === checkout)) return [];
    const text = `SKU ${ordinal} counts ${counted.held} held and ${counted.checkout} in checkout; the holds have ${held} and ${checkout}`;
    return [{ kind: 'counters', text }];
  });
}

/**
 * Holds against the journal. Legitimate, because the other store is about to follow: a hold that is only decided, a pin or an
 * extension that is noted, a row that a fact of the outbox tells of; `gone` are live rows that Redis neither holds nor notes as ended.
 */
export function holdsJournalled(
  sale: SaleRef,
  { holds }: AuditedHolds,
  rows: AuditedRows,
  gone: ReadonlySet<string>,
): Finding[] {
  const findings: Finding[] = [];
  const say = (text: string): number => findings.push({ kind: 'journal', text });
  const live = new Map(rows.live.map((row) => [row.id, row]));
  for (const [tail, audited] of holds) {
    const id = reservationId(sale, tail);
    const { hold } = audited;
    if (!hold || hold.state === 'decided') continue;
    const row = live.get(id);
    if (row && !isSame(row, audited, hold)) say(`${id}: Redis says ${inWords(hold)}; Postgres ${rowInWords(row)}`);
    if (row || rows.underWay.has(id)) continue;
    const over = rows.over.get(id);
    say(`${id}: Redis says ${inWords(hold)}; Postgres ${over ? rowInWords(over) : 'has no such row'}`);
  }
  for (const row of rows.live) {
    if (gone.has(row.id) && !row.overdue) say(`${row.id}: Redis knows of no hold; Postgres ${rowInWords(row)}`);
  }
  return findings;
}

/** A pin or an extension reaches Postgres after Redis, and is noted until it has. */
function isSame(row: AuditedRow, { remarks }: AuditedHold, hold: HoldRecord): boolean {
  if (unitsOf(row.lines) !== unitsOf(hold.lines)) return false;
  if (row.status === hold.state && row.version === hold.version) return true;
  return row.version < hold.version && (remarks.includes('pinned') || remarks.includes('extended'));
}

function unitsOf(lines: HoldRecord['lines']): string {
  return lines.map(({ ordinal, units }) => `${ordinal}#${units.join(',')}`).join(' ');
}

function inWords({ state, version, lines }: HoldRecord): string {
  return `${state} v${version} of ${unitsOf(lines)}`;
}

function rowInWords({ status, version, lines }: AuditedRow): string {
  return `${status} v${version} of ${unitsOf(lines)}`;
}
