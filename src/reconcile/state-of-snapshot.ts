import type { JournalRow } from '../inventory/journal-row.js';
import type { HoldRecord, RequestRecord } from '../inventory/records.js';
import { parseReservationId } from '../inventory/reservation-ref.js';
import { settingsOf } from '../inventory/sale-settings.js';
import type { SaleState, SkuState } from '../inventory/write-epoch.js';
import type { SkuCounts } from '../inventory/sku-counters.js';
import type { Snapshot } from './snapshot.js';

const AVAILABLE = '1'.charCodeAt(0);
const TAKEN = '0'.charCodeAt(0);
const BLOCKED = 'b'.charCodeAt(0);
const WITHDRAWN = '-'.charCodeAt(0);

/** The state that Redis is to have, and the holds that cannot stand because a unit of theirs has another owner. */
export interface Rebuilt {
  readonly state: SaleState;
  readonly losers: JournalRow[];
}

interface SkuUnderway {
  readonly units: Buffer;
  readonly counters: { -readonly [Count in keyof SkuCounts]: number };
}

/** Pure: from what Postgres knows to what Redis is to know. Sold wins over pinned, pinned over held, newer over older. */
export function stateOf(snapshot: Snapshot): Rebuilt {
  const skus = new Map(snapshot.skus.map(({ ordinal, numbered }) => [ordinal, newSku(numbered)]));
  const customerUnits: SaleState['customerUnits'] = new Map();
  for (const { ordinal, unit, reason } of snapshot.withdrawn) withdraw(skus.get(ordinal), unit, reason);
  for (const { ordinal, unit, customer } of snapshot.sold) {
    claim(skus.get(ordinal), unit, 'sold');
    count(customerUnits, customer, ordinal, 1);
  }
  const losers: JournalRow[] = [];
  const holds: SaleState['holds'] = [];
  for (const row of snapshot.live) {
    if (!canStand(row, skus)) {
      losers.push(row);
      continue;
    }
    for (const { ordinal, units } of row.lines) {
      for (const unit of units) claim(skus.get(ordinal), unit, row.status === 'checkout' ? 'checkout' : 'held');
      if (units.length > 0) count(customerUnits, row.customer_id, ordinal, units.length);
    }
    holds.push({ tail: tailOf(row.id), hold: holdOf(row), request: requestOf(row) });
  }
  const { sale, sequence } = snapshot;
  const states = snapshot.skus.map((sku) => finish(sku, skus.get(sku.ordinal) ?? newSku(0)));
  const restocked = snapshot.restocked.map(({ id, version }) => ({ tail: tailOf(id), version }));
  const settings = settingsOf(sale);
  return {
    state: {
      settings,
      revision: sale.revision,
      layout: sale.layout,
      sequence,
      skus: states,
      holds,
      customerUnits,
      restocked,
    },
    losers,
  };
}

function tailOf(id: string): string {
  return parseReservationId(id)?.tail ?? '';
}

function newSku(numbered: number): SkuUnderway {
  const counters = { capacity: numbered, available: numbered, held: 0, checkout: 0, sold: 0, blocked: 0 };
  return { units: Buffer.alloc(numbered, AVAILABLE), counters };
}

function withdraw(sku: SkuUnderway | undefined, unit: number, reason: 'capacity' | 'block'): void {
  if (!sku) return;
  sku.counters.available--;
  if (reason === 'block') sku.counters.blocked++;
  else sku.counters.capacity--;
  sku.units[unit - 1] = reason === 'block' ? BLOCKED : WITHDRAWN;
}

function claim(sku: SkuUnderway | undefined, unit: number, as: 'sold' | 'checkout' | 'held'): void {
  if (!sku) return;
  sku.units[unit - 1] = TAKEN;
  sku.counters.available--;
  sku.counters[as]++;
}

function canStand(row: JournalRow, skus: Map<number, SkuUnderway>): boolean {
  return row.lines.every(({ ordinal, units }) =>
    units.every((unit) => skus.get(ordinal)?.units[unit - 1] === AVAILABLE),
  );
}

function count(customerUnits: SaleState['customerUnits'], customer: string, ordinal: number, units: number): void {
  const counts = customerUnits.get(customer) ?? new Map<number, number>();
  counts.set(ordinal, (counts.get(ordinal) ?? 0) + units);
  customerUnits.set(customer, counts);
}

/** A capacity that is on its way down goes on from here: what is available above the target is withdrawn, and noted for Postgres. */
function finish(row: Snapshot['skus'][number], sku: SkuUnderway): SkuState {
  const { ordinal, unitsPerCustomerMax, stockVersion: version, capacityTarget } = row;
  const { units, counters } = sku;
  const noted: number[] = [];
  let excess = capacityTarget === null ? 0 : Math.max(0, counters.capacity - capacityTarget);
  for (let unit = units.length; unit > 0 && excess > 0 && counters.available > 0; unit--) {
    if (units[unit - 1] !== AVAILABLE) continue;
    withdraw(sku, unit, 'capacity');
    noted.push(unit);
    excess--;
  }
  const text = units.toString('latin1');
  return { ordinal, counters, unitsPerCustomerMax: unitsPerCustomerMax ?? 0, units: text, version, excess, noted };
}

function holdOf(row: JournalRow): HoldRecord {
  return {
    state: row.status === 'checkout' ? 'checkout' : 'held',
    version: row.version,
    sequence: row.hold_sequence,
    heldAt: row.held_at.getTime(),
    expiresAt: row.expires_at.getTime(),
    extensions: row.extensions,
    checkoutExpiresAt: row.checkout_expires_at?.getTime() ?? 0,
    customerId: row.customer_id,
    lines: row.lines,
  };
}

function requestOf(row: JournalRow): RequestRecord {
  const { customer_id: customerId, mode, fingerprint, metadata } = row;
  const lines = row.lines.map(({ ordinal, unitPrice, requested, named, units }) => ({
    ordinal,
    unitPrice,
    wanted: named ? units : requested,
  }));
  const base = { status: 'queued', version: 1, rejection: '-', requestId: '' } as const;
  return { ...base, customerId, mode, fingerprint, queuedAt: row.queued_at.getTime(), lines, metadata };
}
