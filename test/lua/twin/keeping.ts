import { nextExpiryOf } from './decide.js';
import type { TwinSku } from './sku.js';
import type { Twin } from './twin.js';

/** What the scripts answer that change stock, forget, and read. */
export function supply(sku: TwinSku, pages: readonly string[], last: boolean, first = 0): string[] {
  if (sku.knownVersion < sku.version) return ['older'];
  pages.forEach((text, i) => sku.supplyPage(first + i, text));
  if (last) sku.finishSupply();
  return ['ok'];
}

export function withdraw(twin: Twin, sku: TwinSku, version: number, as: string, number: number): string[] {
  if (twin.reclaim()) return ['reclaimed'];
  if (sku.version !== version) return ['moved'];
  const count = as === 'capacity' ? Math.max(0, sku.capacity - number) : number;
  if (count > sku.count('1')) return ['short', ...figures(twin, sku).slice(2, 7)];
  sku.withdrawHighest(count, as === 'capacity' ? '-' : 'd');
  if (as === 'capacity') sku.excess = 0;
  return ['withdrawn', String(count)];
}

export function block(twin: Twin, sku: TwinSku, version: number, units: readonly number[]): string[] {
  if (twin.reclaim()) return ['reclaimed'];
  if (sku.version !== version) return ['moved'];
  const taken = units.filter((unit) => !sku.isFree(unit));
  if (taken.length > 0) {
    const [, , available = '', held, checkout] = figures(twin, sku);
    return [
      'taken',
      available,
      String(Number(held) + Number(checkout)),
      nextExpiryOf(twin)(sku.ordinal),
      ...taken.map(String),
    ];
  }
  for (const unit of units) sku.setAside(unit, 'b');
  return ['blocked'];
}

/** Counters as stock has them, without the cursor, which is where the search begins and no promise. */
export function figures(twin: Twin, sku: TwinSku): string[] {
  const { ordinal } = sku;
  return [
    ...[sku.marks.length, sku.capacity, sku.count('1'), twin.inState(ordinal, false), twin.inState(ordinal, true)],
    ...[twin.soldOf(ordinal), sku.count('b'), sku.customerMax, sku.version, sku.excess],
  ].map(String);
}

export function configure(twin: Twin, revision: number, settings: Record<string, string>): string[] {
  if (revision < twin.revision) return ['older'];
  twin.revision = revision;
  Object.assign(twin.settings, settings);
  return ['ok'];
}

export function erase(twin: Twin, customer: string, pseudonym: string): string[] {
  const records = [...twin.requests].filter(([, request]) => request.customer === customer);
  const index = twin.indexes.get(customer);
  const busy = [...records.map(([tail]) => tail), ...(index ?? [])].filter(
    (tail) => twin.holds.has(tail) || twin.queued.has(tail),
  );
  if (busy.length > 0) return ['busy', ...busy.sort()];
  for (const [tail, request] of records) {
    Object.assign(request, { customer: pseudonym, fingerprint: 'erased', requestId: '' });
    for (const field of [tail, `${tail}:extended`]) dropWords(twin, field);
  }
  for (const sold of twin.sold) if (sold.customer === customer) sold.customer = pseudonym;
  if (index) {
    twin.indexes.set(pseudonym, [...(twin.indexes.get(pseudonym) ?? []), ...index].slice(-50));
    twin.indexes.delete(customer);
  }
  return ['ok', '0', String(records.length)];
}

/** Of a note stays what became of the hold, and who asked. */
function dropWords(twin: Twin, field: string): void {
  const note = twin.ended.get(field);
  if (note) twin.ended.set(field, note.replace(/^((?:\w+ )?\d+(?: \d+)? \w+:\w+ ).+$/s, '$1'));
}

export function forget(twin: Twin, age: number): string[] {
  const looked = twin.requests.size;
  let removed = 0;
  for (const [tail, { queuedAt, customer }] of twin.requests) {
    if (queuedAt > twin.now - age || twin.holds.has(tail) || twin.queued.has(tail)) continue;
    twin.requests.delete(tail);
    removed++;
    const rest = (twin.indexes.get(customer) ?? []).filter((other) => other !== tail);
    if (rest.length > 0) twin.indexes.set(customer, rest);
    else twin.indexes.delete(customer);
  }
  return ['ok', '0', String(looked), String(removed)];
}

/** By ordinal: figures without the cursor, and the next deadline. */
export function availability(twin: Twin): string[] {
  const next = nextExpiryOf(twin);
  const rows = twin.skus.flatMap((sku) => [sku.ordinal, figures(twin, sku).join(' '), next(sku.ordinal)]);
  return ['ok', String(twin.now), twin.status(), ...rows];
}

export function view(twin: Twin, tails: readonly string[]): string[] {
  return ['ok', String(twin.now), ...tails.flatMap((tail) => [twin.requestOf(tail), twin.holdOf(tail)])];
}

export function auditEnded(twin: Twin, tails: readonly string[]): string[] {
  return ['ok', ...tails.map((tail) => (twin.holds.has(tail) ? 'held' : twin.ended.has(tail) ? 'ended' : 'gone'))];
}

export function auditHolds(twin: Twin): string[] {
  const stock = twin.skus.flatMap((sku) => [sku.ordinal, figures(twin, sku).join(' ')]);
  const holds = [...twin.holds.keys()].sort().flatMap((tail) => {
    const remarks = [twin.pins.has(tail) ? 'pinned' : '', twin.ended.has(`${tail}:extended`) ? 'extended' : ''];
    return [tail, twin.holdOf(tail), remarks.filter(Boolean).join(' ')];
  });
  return ['ok', '0', String(twin.sequence), String(twin.skus.length), ...stock, ...holds];
}

export function auditSku(twin: Twin, sku: TwinSku): string[] {
  const notes = new Map(sku.noteFields());
  const pages = sku.unitFields().flatMap(([field, text]) => [text, notes.get(field) ?? '']);
  return ['ok', String(twin.sequence), figures(twin, sku).join(' '), ...pages];
}

export function requestsOf(twin: Twin, customers: readonly string[]): string[] {
  const found = [...twin.requests].filter(([, { customer }]) => customers.includes(customer));
  return [
    'ok',
    '0',
    ...found.sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([tail]) => [tail, twin.requestOf(tail), twin.holdOf(tail)]),
  ];
}
