import type { AuditedHolds, AuditedSku } from '../inventory/audit-reads.js';
import type { HeldLine } from '../inventory/records.js';
import type { SkuCounters } from '../inventory/sku-counters.js';
import type { AuditedRows } from './audit-rows.js';
import type { Finding } from './audit-finding.js';

/** A SKU as the audit has read it, in one moment. */
export interface ReadSku {
  readonly ordinal: number;
  readonly sku: AuditedSku;
  readonly counters: SkuCounters;
}

/** Units that two holds have. Holds were read one page after the other, so one of the two may be over. */
export function unitsTwice({ holds }: AuditedHolds): Finding[] {
  const owners = new Map<string, string>();
  const findings: Finding[] = [];
  for (const [tail, { hold }] of holds) {
    for (const { ordinal, units } of hold?.lines ?? []) {
      for (const unit of units) {
        const place = `${ordinal}#${unit}`;
        const other = owners.get(place);
        const pair = [other ?? '', tail].sort().join(' and ');
        if (other) findings.push({ kind: 'two-owners', text: `unit ${place} is in two holds: ${pair}` });
        owners.set(place, tail);
      }
    }
  }
  return findings;
}

/** Numbers of units by SKU ordinal. */
type Units = ReadonlyMap<number, readonly number[]>;

/** Who has units by what was read: the holds of Redis, and the live rows of Postgres. */
export interface Owners {
  readonly held: Units;
  readonly rows: Units;
}

export function ownersOf(held: AuditedHolds, rows: AuditedRows): Owners {
  const holds = [...held.holds.values()];
  return {
    held: unitsOf(holds.flatMap(({ hold }) => hold?.lines ?? [])),
    rows: unitsOf(rows.live.flatMap(({ lines }) => lines)),
  };
}

function unitsOf(lines: readonly HeldLine[]): Units {
  const all = new Map<number, number[]>();
  for (const { ordinal, units } of lines) {
    const known = all.get(ordinal);
    if (known) known.push(...units);
    else all.set(ordinal, [...units]);
  }
  return all;
}

const FREE = 0;
const OWNED = 1;
const SOLD = 2;
const WITHDRAWN = 3;
const BLOCKED = 4;

/**
 * How each unit of a SKU is marked in Redis against who has it by the holds and by Postgres. Legitimate: what is noted as
 * withdrawn, what a newer version of the stock is about to put on sale, what a cancelled order gives back.
 */
export function unitsOwned({ ordinal, sku, counters }: ReadSku, owners: Owners, rows: AuditedRows): Finding[] {
  const row = rows.skus.find((each) => each.ordinal === ordinal);
  const owner = new Uint8Array(Math.max(sku.units.length, row?.numbered ?? 0) + 1);
  const findings: Finding[] = [];
  const put = (all: Units, as: number): void => {
    for (const unit of all.get(ordinal) ?? []) owner[unit] = as;
  };
  put(rows.goingBack, OWNED);
  put(owners.held, OWNED);
  put(rows.withdrawn, WITHDRAWN);
  put(rows.blocked, BLOCKED);
  put(rows.sold, SOLD);
  for (const unit of owners.rows.get(ordinal) ?? []) {
    if (owner[unit] === SOLD)
      findings.push({ kind: 'two-owners', text: `unit ${ordinal}#${unit} is sold, and held or pinned in Postgres` });
    else owner[unit] = OWNED;
  }
  const behind = row !== undefined && row.version > counters.version;
  for (let unit = 1; unit <= sku.units.length; unit++) {
    const finding = compareUnit(sku.units[unit - 1] ?? '', sku.notes[unit - 1] ?? '.', owner[unit] ?? FREE, behind);
    if (finding) findings.push({ kind: finding.kind, text: `unit ${ordinal}#${unit} ${finding.text}` });
  }
  return findings;
}

const OUT = new Set([WITHDRAWN, BLOCKED]);

/** `behind`: Postgres has a newer version of the stock, which is about to be brought to Redis. */
function compareUnit(mark: string, note: string, owner: number, behind: boolean): Finding | null {
  if (mark === '1') {
    if (owner === SOLD) return { kind: 'on-sale', text: 'is available in Redis, and sold in Postgres' };
    if (OUT.has(owner)) return { kind: 'on-sale', text: 'is available in Redis, and withdrawn in Postgres' };
  } else if (mark === '0') {
    if (owner === FREE) return { kind: 'no-owner', text: 'is taken in Redis, and nobody has it' };
    if (OUT.has(owner)) return { kind: 'withdrawn', text: 'is taken in Redis, and withdrawn in Postgres' };
  } else if (owner === SOLD || owner === OWNED) {
    return { kind: 'withdrawn', text: 'is out of sale in Redis, and somebody has it' };
  } else if (note === '.' && !behind && owner !== (mark === 'b' ? BLOCKED : WITHDRAWN)) {
    return { kind: 'withdrawn', text: `is marked ${mark} in Redis, and Postgres says otherwise` };
  }
  return null;
}
