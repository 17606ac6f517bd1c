import { Decision, nextExpiryOf } from './decide.js';
import { holdText, type TwinHold, type TwinLine } from './records.js';
import { SETTINGS, type Twin, unitsIn } from './twin.js';

const KEPT_PER_CUSTOMER = 50;

/** What each script answers, word by word, and what it does to the twin: the way of a reservation to its hold and back. */
export function accept(
  twin: Twin,
  asks: readonly { tail: string; customer: string; mode: string; lines: string }[],
): string[] {
  return asks.reduce(
    (reply, { tail, customer, mode, lines }) => {
      const known = twin.requestOf(tail);
      if (known) return [...reply, 'known', known, twin.holdOf(tail)];
      const record = { status: 'queued', version: 1, rejection: '-', customer, mode, fingerprint: 'print' };
      twin.requests.set(tail, { ...record, queuedAt: twin.now, lines, requestId: 'req' });
      twin.queued.set(tail, twin.now + SETTINGS.queueTimeoutMs);
      twin.indexes.set(customer, [...(twin.indexes.get(customer) ?? []), tail].slice(-KEPT_PER_CUSTOMER));
      return [...reply, 'queued', String(twin.now), ''];
    },
    ['ok'],
  );
}

export function hold(twin: Twin, tails: readonly string[]): string[] {
  if (twin.reclaim()) return ['reclaimed'];
  const due = nextExpiryOf(twin);
  const made: TwinHold[] = [];
  const nextExpiry = (ordinal: string): string => {
    const fresh = made.find(({ lines }) => unitsIn(lines, ordinal) > 0)?.expiresAt ?? Infinity;
    const first = Math.min(Number(due(ordinal)) || Infinity, fresh);
    return first === Infinity ? '0' : String(first);
  };
  const records = new Map(tails.map((tail) => [tail, [twin.rawRequest(tail), twin.holdOf(tail)] as const]));
  const waiting = new Set(tails.filter((tail) => twin.queued.has(tail)));
  const seen = new Set<string>();
  return tails.reduce(
    (reply, tail) => {
      const [record, holdBefore] = records.get(tail)!;
      const again = seen.has(tail);
      seen.add(tail);
      if (again) return [...reply, 'ended', '', record];
      if (holdBefore) return [...reply, holdBefore.startsWith('d') ? 'decided' : 'standing', holdBefore, record];
      const request = twin.requests.get(tail);
      if (!request) return [...reply, 'unknown', '', ''];
      if (request.status !== 'queued' || !waiting.has(tail)) return [...reply, 'ended', '', record];
      const { lines, refusal } = new Decision(twin, request.customer, nextExpiry, request);
      if (refusal) {
        twin.close(tail, 'rejected', 2, refusal);
        twin.queued.delete(tail);
        return [...reply, 'refused', '', twin.rawRequest(tail)];
      }
      const text = keep(twin, tail, request.customer, lines);
      made.push(twin.holds.get(tail)!);
      return [...reply, 'decided', text, record];
    },
    ['ok'],
  );
}

function keep(twin: Twin, tail: string, customer: string, lines: TwinLine[]): string {
  const made: TwinHold = {
    ...{
      state: 'd',
      version: 2,
      sequence: ++twin.sequence,
      heldAt: twin.now,
      expiresAt: twin.now + SETTINGS.holdTtlMs,
    },
    ...{ extensions: 0, checkoutExpiresAt: 0, customer, lines },
  };
  twin.holds.set(tail, made);
  return holdText(made);
}

export function announce(twin: Twin, told: readonly [string, number][]): string[] {
  const words = told.map(([tail, version]) => {
    const found = twin.holds.get(tail);
    if (found?.version !== version) return 'gone';
    if (found.state !== 'd') return 'held';
    if (twin.now >= found.expiresAt) {
      twin.expire(tail);
      return 'expired';
    }
    found.state = 'h';
    twin.queued.delete(tail);
    return 'held';
  });
  return ['ok', ...words];
}

export function undo(twin: Twin, tail: string, version: number, why: string): string[] {
  const found = twin.holds.get(tail);
  if (found?.state !== 'd' || found.version !== version) return ['ok', 'gone'];
  twin.giveBack(tail);
  if (why === 'row') twin.requests.delete(tail);
  else twin.close(tail, 'rejected', version + 1, why);
  return ['ok', 'undone'];
}

export function release(twin: Twin, tail: string, by: string): string[] {
  const found = twin.holds.get(tail);
  const record = twin.requestOf(tail);
  if (!found) {
    if (!record || record.startsWith('held\n')) return ['unknown'];
    if (!record.startsWith('queued\n')) return ['over', '', record];
    twin.close(tail, 'released', 2);
    twin.queued.delete(tail);
    return ['withdrawn', '', twin.rawRequest(tail)];
  }
  const before = holdText(found);
  if (found.state === 'c') return ['checkout', before, record];
  if (twin.now >= found.expiresAt) {
    twin.expire(tail);
    return ['over', '', twin.rawRequest(tail)];
  }
  twin.giveBack(tail);
  twin.ended.set(tail, noted(`released ${found.version + 1} ${twin.now}`, by));
  twin.close(tail, 'released', found.version + 1);
  return ['released', before, twin.rawRequest(tail)];
}

/** Why a hold is not one that its customer was told of; null when it is. */
function untold(twin: Twin, tail: string): string[] | null {
  const found = twin.holds.get(tail);
  if (!found) {
    const [status = ''] = twin.requestOf(tail).split('\n');
    return status === '' || status === 'held' ? ['unknown'] : ['not-held', status];
  }
  if (found.state === 'd') return ['not-held', 'queued'];
  return found.state === 'h' && twin.now >= found.expiresAt ? ['not-held', 'expired'] : null;
}

/** By the sale's step, or for an operator to a given time. */
export function extend(twin: Twin, tail: string, by: string, until?: number): string[] {
  const why = untold(twin, tail);
  if (why) return why;
  const found = twin.holds.get(tail)!;
  if (found.state === 'c') return ['not-held', 'checkout'];
  if (until === undefined && found.extensions >= SETTINGS.extensionsMax) return ['refused', 'extensions-used'];
  const step = Math.min(found.expiresAt + SETTINGS.extensionStepMs, found.heldAt + SETTINGS.holdAgeMsMax);
  const expiresAt = until ?? step;
  if (expiresAt <= found.expiresAt)
    return until === undefined ? ['refused', 'age-reached'] : ['extended', holdText(found), twin.rawRequest(tail)];
  const extensions = found.extensions + (until === undefined ? 1 : 0);
  Object.assign(found, { expiresAt, extensions, version: found.version + 1 });
  twin.ended.set(`${tail}:extended`, noted(String(found.version), by));
  return ['extended', holdText(found), twin.rawRequest(tail)];
}

export function pin(twin: Twin, tail: string): string[] {
  const why = untold(twin, tail);
  if (why) return why;
  const found = twin.holds.get(tail)!;
  if (found.state === 'h') {
    const checkoutExpiresAt = twin.now + SETTINGS.checkoutTtlMs;
    Object.assign(found, { state: 'c', version: found.version + 1, checkoutExpiresAt });
    twin.pins.set(tail, twin.now);
  }
  return ['pinned', holdText(found), twin.rawRequest(tail)];
}

export function expire(twin: Twin, limit: number): string[] {
  const due = twin.due(twin.now).slice(0, limit);
  if (due.length === 0) return ['ok', '0'];
  const deadlines = due.flatMap((tail) => [tail, String(twin.holds.get(tail)!.expiresAt)]);
  return ['ok', String(due.reduce((sum, tail) => sum + twin.expire(tail), 0)), String(twin.now), ...deadlines];
}

export function overdue(twin: Twin, limit: number): string[] {
  const waiting = [...twin.queued].filter(([, until]) => until <= twin.now);
  const first = waiting.sort(([x, a], [y, b]) => a - b || (x < y ? -1 : 1)).slice(0, limit);
  const reply = first.flatMap(([tail]) => {
    if (twin.holds.has(tail)) {
      twin.queued.set(tail, twin.now + SETTINGS.queueTimeoutMs);
      return ['stranded', tail];
    }
    twin.queued.delete(tail);
    if (twin.requests.get(tail)?.status !== 'queued') return [];
    twin.close(tail, 'rejected', 2, 'queue-timeout');
    return ['rejected', tail];
  });
  return ['ok', ...reply];
}

export function voidHold(twin: Twin, tail: string, status: string, version: number): string[] {
  const found = twin.holds.get(tail);
  if (!found || found.version >= version) return ['ok', 'gone'];
  twin.giveBack(tail);
  twin.close(tail, status, version);
  return ['ok', 'voided'];
}

export function settle(twin: Twin, tail: string, version: number): string[] {
  const found = twin.holds.get(tail);
  if (!found || found.state === 'd' || found.version >= version) return ['ok', 'gone'];
  for (const { ordinal, units } of found.lines)
    for (const unit of units) twin.sold.push({ customer: found.customer, ordinal, unit });
  twin.drop(tail);
  twin.close(tail, 'confirmed', version);
  return ['ok', 'settled'];
}

export interface Restock {
  tail: string;
  version: number;
  heldAs: string;
  customer: string;
  lines: readonly TwinLine[];
}

export function restock(twin: Twin, { tail, version, heldAs, customer, lines }: Restock): string[] {
  if (version <= (twin.restocked.get(tail) ?? 0)) return ['ok', 'gone'];
  twin.restocked.set(tail, version);
  const found = twin.holds.get(heldAs);
  if (found && found.state !== 'd') {
    twin.giveBack(heldAs);
    twin.close(heldAs, 'confirmed', version);
    return ['ok', 'restocked'];
  }
  for (const { ordinal, units } of lines)
    for (const unit of units) {
      twin.sold = twin.sold.filter(
        (sold) => sold.ordinal !== ordinal || sold.unit !== unit || sold.customer !== customer,
      );
      twin.sku(ordinal).giveBack(unit);
    }
  return ['ok', 'restocked'];
}

export interface Rehold {
  tail: string;
  customer: string;
  lines: readonly TwinLine[];
}

export function rehold(twin: Twin, { tail, customer, lines }: Rehold): string[] {
  if (twin.reclaim()) return ['reclaimed'];
  if (twin.holds.has(tail)) return ['held'];
  const known = twin.requestOf(tail);
  if (known && !known.startsWith('queued\n')) return ['ended'];
  const status = twin.status();
  if (status === 'closed') return ['refused', 'sale-closed'];
  if (status !== 'open' && status !== 'paused') return ['refused', 'sale-not-open'];
  const limited = twin.skus.some(
    ({ ordinal, customerMax }) =>
      customerMax > 0 &&
      unitsIn(lines, ordinal) > 0 &&
      twin.owned(customer, ordinal) + unitsIn(lines, ordinal) > customerMax,
  );
  if (limited || twin.owned(customer) + unitsIn(lines) > SETTINGS.unitsPerCustomerMax)
    return ['refused', 'customer-limit-reached'];
  const short = twin.skus.filter((sku) => unitsIn(lines, sku.ordinal) > sku.count('1'));
  const none = short.some(
    (sku) => sku.count('1') + twin.inState(sku.ordinal, false) + twin.inState(sku.ordinal, true) === 0,
  );
  if (short.length > 0) return ['refused', none ? 'sold-out' : 'units-unavailable'];
  const held = replaced(twin, lines);
  keep(twin, tail, customer, held);
  const asked = held.filter(({ units }) => units.length > 0);
  const lineTexts = asked.map(({ ordinal, price, units }) => `${ordinal} ${price} u ${units.join(',')}`).join(';');
  const record = { status: 'queued', version: 1, rejection: '-', customer, mode: 'rehold', fingerprint: 'print' };
  twin.requests.set(tail, { ...record, queuedAt: twin.now, lines: lineTexts, requestId: '' });
  twin.queued.set(tail, twin.now + SETTINGS.queueTimeoutMs);
  return ['held'];
}

/** Each unit if it is still free, else the lowest that is; what is kept is kept before anything is replaced. */
function replaced(twin: Twin, lines: readonly TwinLine[]): TwinLine[] {
  const kept = lines.map(({ ordinal, units }) =>
    units.map((unit) => {
      const free = twin.sku(ordinal).isFree(unit);
      if (free) twin.sku(ordinal).take(unit);
      return free ? unit : null;
    }),
  );
  return lines.map((line, i) => ({
    ...line,
    units: kept[i]!.map((unit) => unit ?? twin.sku(line.ordinal).takeLowest()),
  }));
}

function noted(text: string, by: string): string {
  return by === '' ? text : `${text} ${by}`;
}
