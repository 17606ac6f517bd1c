import { type HoldRecord, unpackHold, unpackRequest } from '../src/inventory/records.js';
import { SALE_KEYS } from '../src/inventory/sale-keys.js';
import type { LedgerSale, SaleKeyName } from './ledger-sale.js';

/** Everything that Redis has of a sale, by key; sets as [member, score]. Empty keys are absent. */
export type LedgerState = Partial<Record<SaleKeyName, Record<string, string>>>;

const SETS: ReadonlySet<string> = new Set(['queued', 'due', 'pins']);

export async function stateOf(sale: LedgerSale): Promise<LedgerState> {
  const epoch = await sale.epoch();
  const pipeline = sale.harness.connection.redis.pipeline();
  const names = SALE_KEYS.filter((name) => name !== 'clock');
  for (const name of names) {
    const key = sale.redisKey(name, epoch);
    if (SETS.has(name)) pipeline.zrangebyscore(key, '-inf', '+inf', 'WITHSCORES');
    else pipeline.hgetall(key);
  }
  const replies = (await pipeline.exec()) ?? [];
  const state: LedgerState = {};
  for (const [i, name] of names.entries()) {
    const [error, reply] = replies[i] ?? [null, {}];
    if (error) throw error;
    const fields = Array.isArray(reply) ? pairsOf(reply as string[]) : (reply as Record<string, string>);
    if (Object.keys(fields).length > 0) state[name] = name === 'customer-units' ? sorted(fields) : fields;
  }
  return state;
}

function pairsOf(list: string[]): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (let i = 0; i < list.length; i += 2) pairs[list[i] ?? ''] = list[i + 1] ?? '';
  return pairs;
}

/** Lua tables have no order: neither have a customer's counts. */
function sorted(customers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(customers).map(([name, text]) => [name, text.split(' ').sort().join(' ')]));
}

/** What the books must say, from holds in Redis and sold units in Postgres. */
class Books {
  readonly skus = new Map<string, { held: number; checkout: number; sold: number }>();
  readonly owners = new Map<string, string>();
  readonly customers = new Map<string, Map<string, number>>();

  add(owner: string, customer: string, ordinal: string, unit: number, as: 'held' | 'checkout' | 'sold'): void {
    const place = `${ordinal}#${unit}`;
    if (this.owners.has(place)) throw new Error(`${place} belongs to ${this.owners.get(place)} and to ${owner}`);
    this.owners.set(place, owner);
    const sku = this.skus.get(ordinal) ?? { held: 0, checkout: 0, sold: 0 };
    sku[as]++;
    this.skus.set(ordinal, sku);
    const counts = this.customers.get(customer) ?? new Map<string, number>();
    counts.set(ordinal, (counts.get(ordinal) ?? 0) + 1);
    this.customers.set(customer, counts);
  }

  /** As the key customer-units has it. */
  customerUnits(): Record<string, string> {
    const texts = [...this.customers].map(([customer, counts]): [string, string] => [
      customer,
      [...counts]
        .map(([ordinal, count]) => `${ordinal}=${count}`)
        .sort()
        .join(' '),
    ]);
    return Object.fromEntries(texts);
  }
}

/**
 * The invariant: counters add up and agree with the characters of the unit pages, each unit has at most one owner,
 * deadlines, pins and the queue agree with the holds, customers' counts with what they hold and bought. Returns what it
 * has looked at.
 */
export async function expectBalanced(sale: LedgerSale): Promise<LedgerState> {
  const state = await stateOf(sale);
  const holds = Object.entries(state.holds ?? {}).map(([tail, text]) => ({ tail, hold: unpackHold(text) }));
  const books = new Books();
  for (const { tail, hold } of holds) enter(books, tail, hold);
  for (const { row_id, held_as, customer, ordinal, unit, back } of await soldUnits(sale)) {
    // Confirmed and not settled yet: the hold still counts it. Cancelled and not restocked yet: Redis has it as sold.
    const [tail, hold] = [row_id.slice(-32), state.holds?.[held_as.slice(-32)]];
    const isBack = back && state.restocked?.[tail] !== undefined;
    if (!hold && !isBack) books.add(tail, customer, String(ordinal), unit, 'sold');
  }
  for (const [ordinal, text] of Object.entries(state.stock ?? {})) expectSku(state, books, ordinal, text);
  expect({ key: 'customer-units', ...state['customer-units'] }).toEqual({
    key: 'customer-units',
    ...books.customerUnits(),
  });
  expectSets(state, holds);
  return state;
}

function enter(books: Books, tail: string, hold: HoldRecord): void {
  const as = hold.state === 'checkout' ? 'checkout' : 'held';
  for (const { ordinal, units } of hold.lines) {
    for (const unit of units) books.add(tail, hold.customerId, String(ordinal), unit, as);
  }
}

function expectSku(state: LedgerState, books: Books, ordinal: string, text: string): void {
  const values = text.split(' ').map(Number);
  const [numbered = 0, capacity = 0, available = 0, held = 0, checkout = 0, sold = 0, blocked = 0, cursor = 0] = values;
  expect({ ordinal, least: Math.min(...values) >= 0, sum: available + held + checkout + sold + blocked }).toEqual({
    ...{ ordinal, least: true, sum: capacity },
  });
  expect({ ordinal, held, checkout, sold }).toEqual({
    ordinal,
    held: 0,
    checkout: 0,
    sold: 0,
    ...books.skus.get(ordinal),
  });
  const page = pagesOf(state, 'units', ordinal, numbered);
  const count = (character: string): number => page.split(character).length - 1;
  expect({ ordinal, length: page.length, 1: count('1'), 0: count('0'), b: count('b'), '-': count('-') }).toEqual({
    ...{ ordinal, length: numbered, 1: available, 0: held + checkout + sold, b: blocked, '-': numbered - capacity },
  });
  expect(page.slice(0, cursor * 256)).not.toContain('1');
  const notes = pagesOf(state, 'withdrawn', ordinal, numbered);
  const noted = Array.from(notes).flatMap((mark, at) => (mark === '.' ? [] : [`${mark}${page[at]}`]));
  expect(noted.filter((pair) => !['--', 'bb', 'db'].includes(pair))).toEqual([]);
  for (const place of books.owners.keys()) {
    const [of, unit] = place.split('#');
    if (of === ordinal) expect(`${place} ${page[Number(unit) - 1]}`).toBe(`${place} 0`);
  }
}

/** A SKU's pages of one kind, end to end; a page that is not there is all dots. */
function pagesOf(state: LedgerState, name: 'units' | 'withdrawn', ordinal: string, numbered: number): string {
  let text = '';
  const nothing = name === 'withdrawn' ? '.'.repeat(256) : '';
  for (let number = 0; number * 256 < numbered; number++) text += state[name]?.[`${ordinal}:${number}`] ?? nothing;
  return text;
}

/** Both stores agree on what there is to sell: Postgres has every withdrawal, Redis every unit, and nothing is noted. */
export async function expectSupplied(sale: LedgerSale): Promise<void> {
  const state = await expectBalanced(sale);
  const skus = await sale.harness.postgres.query<{
    ordinal: number;
    numbered: number;
    version: number;
    gone: string[];
  }>(
    `SELECT k.ordinal, k.numbered, k.stock_version AS version, ARRAY(SELECT w.unit_no || CASE w.reason WHEN 'block' THEN 'b' ELSE '-' END
       FROM withdrawn_units w WHERE w.sku_id = k.id ORDER BY w.unit_no) AS gone
     FROM skus k WHERE k.sale_id = $1 AND k.removed_at IS NULL ORDER BY k.ordinal`,
    [sale.id],
  );
  const inRedis = skus.map(({ ordinal }) => {
    const counters = (state.stock?.[String(ordinal)] ?? '').split(' ').map(Number);
    const units = pagesOf(state, 'units', String(ordinal), counters[0] ?? 0);
    const gone = Array.from(units).flatMap((char, at) => (char === 'b' || char === '-' ? [`${at + 1}${char}`] : []));
    return { ordinal, numbered: counters[0], version: counters[9], gone };
  });
  expect(inRedis).toEqual(skus);
  expect(state.withdrawn ?? {}).toEqual({});
}

function expectSets(state: LedgerState, holds: { tail: string; hold: HoldRecord }[]): void {
  const unpinned = holds.filter(({ hold }) => hold.state !== 'checkout');
  const deadlines = unpinned.map(({ tail, hold }): [string, string] => [tail, String(hold.expiresAt)]);
  expect({ key: 'due', ...state.due }).toEqual({ key: 'due', ...Object.fromEntries(deadlines) });
  const pinned = new Set(holds.filter(({ hold }) => hold.state === 'checkout').map(({ tail }) => tail));
  expect(Object.keys(state.pins ?? {}).filter((tail) => !pinned.has(tail))).toEqual([]);
  const decided = holds.filter(({ hold }) => hold.state === 'decided').map(({ tail }) => tail);
  const told = new Set(holds.filter(({ hold }) => hold.state !== 'decided').map(({ tail }) => tail));
  const queued = Object.keys(state.queued ?? {});
  expect(decided.filter((tail) => !queued.includes(tail))).toEqual([]);
  const text = (tail: string): string => state.requests?.[tail] ?? '';
  expect(queued.filter((tail) => told.has(tail) || unpackRequest(text(tail)).status !== 'queued')).toEqual([]);
}

interface SoldUnit {
  row_id: string;
  /** The reservation whose hold counts the unit until it is settled. */
  held_as: string;
  customer: string;
  ordinal: number;
  unit: number;
  /** Of a cancelled order: on its way back on sale. */
  back: boolean;
}

function soldUnits(sale: LedgerSale): Promise<(SoldUnit & Record<string, unknown>)[]> {
  return sale.harness.postgres.query(
    `SELECT r.id AS row_id, coalesce(o.held_as, r.id) AS held_as, r.customer_id AS customer, k.ordinal, u.unit_no AS unit,
       false AS back
     FROM sold_units u JOIN skus k ON k.id = u.sku_id JOIN reservations r ON r.id = u.reservation_id
     JOIN orders o ON o.reservation_id = r.id WHERE k.sale_id = $1
     UNION ALL
     SELECT r.id, coalesce(o.held_as, r.id), r.customer_id, k.ordinal, unit, true
     FROM orders o JOIN reservations r ON r.id = o.reservation_id JOIN order_lines l ON l.order_id = o.id
     JOIN skus k ON k.id = l.sku_id, unnest(l.units) AS unit WHERE o.sale_id = $1 AND o.restocked`,
    [sale.id],
  );
}
