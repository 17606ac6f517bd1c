import type { Story } from './buyer.js';
import { type Books, readBooks, type ReservationRow, type Stores } from './ledger-snapshot.js';
import type { TestSale } from './test-sale.js';

export interface AuditFigures {
  held: number;
  checkout: number;
  sold: number;
  orders: number;
}

const UNITS_PER_PAGE = 256;

/**
 * Holds both stores' books against each other and against what clients were told, once nothing is under way any more.
 * Each finding is a sentence; a ledger that is right has none.
 */
export async function auditLedger(
  stores: Stores,
  sale: TestSale,
  stories: readonly Story[],
): Promise<{ findings: string[]; figures: AuditFigures }> {
  const books = await readBooks(stores, sale);
  const { findings, figures } = auditBooks(books);
  return { findings: [...findings, ...storiesThatDiffer(books, stories)], figures };
}

/** Both stores' books against each other alone. */
export function auditBooks(books: Books): { findings: string[]; figures: AuditFigures } {
  const owners = ownersOf(books);
  const findings = [
    ...owners.findings,
    ...ordersThatDiffer(books),
    ...holdsThatDiffer(books),
    ...countersThatDiffer(books, owners.byPlace),
    ...customersThatDiffer(books),
  ];
  const count = (as: Owner['as']): number => [...owners.byPlace.values()].filter((owner) => owner.as === as).length;
  const figures = {
    held: count('held'),
    checkout: count('checkout'),
    sold: count('sold'),
    orders: books.orders.length,
  };
  return { findings, figures };
}

interface Owner {
  id: string;
  as: 'held' | 'checkout' | 'sold';
}

const isLive = ({ status, overdue }: ReservationRow): boolean =>
  status === 'checkout' || (status === 'held' && !overdue);
const placesOf = ({ lines }: ReservationRow): string[] =>
  lines.flatMap(({ ordinal, units }) => units.map((unit) => `${ordinal}#${unit}`));
const sorted = (list: readonly string[]): string => [...list].sort().join();

/** Who has which unit, by Postgres: sold units, and rows that are held or pinned. */
function ownersOf({ reservations, sold }: Books): { byPlace: Map<string, Owner>; findings: string[] } {
  const byPlace = new Map<string, Owner>();
  const findings: string[] = [];
  const claim = (place: string, owner: Owner): void => {
    const other = byPlace.get(place);
    if (other) findings.push(`unit ${place} is ${other.as} to ${other.id} and ${owner.as} to ${owner.id}`);
    byPlace.set(place, owner);
  };
  for (const { place, reservation_id: id } of sold) claim(place, { id, as: 'sold' });
  for (const row of reservations) {
    if (!isLive(row)) continue;
    for (const place of placesOf(row))
      claim(place, { id: row.id, as: row.status === 'checkout' ? 'checkout' : 'held' });
  }
  return { byPlace, findings };
}

/** A confirmed reservation has one order, and reservation, order and sold units name the same units. */
function ordersThatDiffer({ reservations, orders, sold }: Books): string[] {
  const byReservation = new Map(orders.map((order) => [order.reservation_id, order]));
  const soldTo = new Map<string, string[]>();
  for (const { place, reservation_id: id } of sold) soldTo.set(id, [...(soldTo.get(id) ?? []), place]);
  const findings = reservations.flatMap((row) => {
    const order = byReservation.get(row.id);
    if (row.status !== 'confirmed')
      return order || soldTo.has(row.id) ? [`${row.id} is ${row.status} and ordered`] : [];
    if (row.again) return [];
    if (!order) return [`${row.id} is confirmed without an order`];
    const wanted = sorted(placesOf(row));
    const left = order.restocked ? '' : wanted;
    const same = sorted(order.places ?? []) === wanted && sorted(soldTo.get(row.id) ?? []) === left;
    return same ? [] : [`${order.id} and its reservation ${row.id} name other units, or other ones were sold`];
  });
  const known = new Set(reservations.map(({ id }) => id));
  return [
    ...findings,
    ...orders.filter((order) => !known.has(order.reservation_id)).map(({ id }) => `${id} has no reservation`),
  ];
}

/** Redis holds what Postgres has as live: the same reservations, states, versions and units. */
function holdsThatDiffer({ reservations, redis }: Books): string[] {
  const live = reservations.filter(isLive);
  const findings = live.flatMap((row) => {
    const hold = redis.holds.get(row.id);
    if (!hold) return [`${row.id} is ${row.status} in Postgres and unknown to Redis`];
    const places = hold.lines.flatMap(({ ordinal, units }) => units.map((unit) => `${ordinal}#${unit}`));
    const inRedis = `${hold.state} v${hold.version} ${sorted(places)}`;
    const inPostgres = `${row.status} v${row.version} ${sorted(placesOf(row))}`;
    return inRedis === inPostgres ? [] : [`${row.id}: Redis says ${inRedis}, Postgres ${inPostgres}`];
  });
  const known = new Set(live.map(({ id }) => id));
  const ghosts = [...redis.holds.keys()].filter((id) => !known.has(id));
  const unpinned = [...redis.holds].filter(([, hold]) => hold.state !== 'checkout').map(([id]) => id.slice(-32));
  const deadlines = sorted(unpinned) === sorted(redis.due) ? [] : ['the deadlines are not those of the unpinned holds'];
  return [...findings, ...ghosts.map((id) => `${id} is held in Redis and not in Postgres`), ...deadlines];
}

/** Counters add up to the capacity and to what is owned, and a unit is marked taken if, and only if, it has an owner. */
function countersThatDiffer({ skus, redis }: Books, owners: ReadonlyMap<string, Owner>): string[] {
  return skus.flatMap(({ ordinal, numbered, withdrawn, blocked: keptBack }) => {
    const values = (redis.stock[String(ordinal)] ?? '').split(' ').map(Number);
    const [, capacity = 0, available = 0, held = 0, checkout = 0, sold = 0, blocked = 0] = values;
    const of = [...owners].filter(([place]) => place.startsWith(`${ordinal}#`)).map(([, owner]) => owner.as);
    const count = (as: Owner['as']): number => of.filter((each) => each === as).length;
    const total = numbered - withdrawn.length;
    const free = total - keptBack.length - of.length;
    const wanted = [total, free, count('held'), count('checkout'), count('sold'), keptBack.length].join(' ');
    const found = [capacity, available, held, checkout, sold, blocked].join(' ');
    const findings = found === wanted ? [] : [`SKU ${ordinal} counts ${found}, and should count ${wanted}`];
    for (let unit = 1; unit <= numbered; unit++) {
      const page = redis.units[`${ordinal}:${Math.floor((unit - 1) / UNITS_PER_PAGE)}`] ?? '';
      const mark = page[(unit - 1) % UNITS_PER_PAGE];
      const unsold = withdrawn.includes(unit) ? '-' : keptBack.includes(unit) ? 'b' : '1';
      const right = owners.has(`${ordinal}#${unit}`) ? '0' : unsold;
      if (mark !== right) findings.push(`unit ${ordinal}#${unit} is marked ${mark}, and should be ${right}`);
    }
    return findings;
  });
}

/** What each customer holds and has bought is what limits count. */
function customersThatDiffer({ reservations, orders, redis }: Books): string[] {
  const restocked = new Set(orders.filter((order) => order.restocked).map((order) => order.reservation_id));
  const owned = new Map<string, Map<number, number>>();
  for (const row of reservations) {
    if (!isLive(row) && (row.status !== 'confirmed' || row.again || restocked.has(row.id))) continue;
    const counts = owned.get(row.customer_id) ?? new Map<number, number>();
    owned.set(row.customer_id, counts);
    for (const { ordinal, units } of row.lines)
      if (units.length > 0) counts.set(ordinal, (counts.get(ordinal) ?? 0) + units.length);
  }
  const names = new Set([...owned.keys(), ...Object.keys(redis.customerUnits)]);
  return [...names].flatMap((name) => {
    const wanted = sorted([...(owned.get(name) ?? [])].map(([ordinal, count]) => `${ordinal}=${count}`));
    const found = sorted((redis.customerUnits[name] ?? '').split(' ').filter(Boolean));
    return wanted === found ? [] : [`${name} is counted with ${found}, and has ${wanted}`];
  });
}

/** Nobody was told what is not so, nobody who was acknowledged was left without an outcome, and nothing is held for nobody. */
function storiesThatDiffer({ reservations, orders, places }: Books, stories: readonly Story[]): string[] {
  const rows = new Map(reservations.map((row) => [row.id, row]));
  const orderOf = new Map(orders.map((order) => [order.reservation_id, order.id]));
  const findings = stories.flatMap((story) => {
    const { id, standing, units, orderId } = story;
    const name = `${story.customerId} (${id})`;
    const row = id === null ? undefined : rows.get(id);
    if (standing === 'queued' || standing === 'nothing') return [`${name} was never told an outcome`];
    if (standing.startsWith('refused')) {
      return row && (isLive(row) || row.status === 'confirmed')
        ? [`${name} was ${standing}, and is ${row.status}`]
        : [];
    }
    if (!row) return [`${name} was told ${standing}, and Postgres has no row`];
    if (row.status !== standing || row.overdue) return [`${name} was told ${standing}, and the row says ${row.status}`];
    if ((orderOf.get(row.id) ?? null) !== orderId)
      return [`${name} was told of order ${orderId}, not ${orderOf.get(row.id)}`];
    const told = units?.map((unit) => places.get(unit) ?? unit) ?? [];
    return sorted(told) === sorted(placesOf(row)) ? [] : [`${name} was told of other units than the row has`];
  });
  const told = new Set(stories.map(({ id }) => id));
  const ghosts = reservations.filter(
    (row) => (isLive(row) || row.status === 'confirmed') && !row.again && !told.has(row.id),
  );
  return [...findings, ...ghosts.map(({ id, status }) => `${id} is ${status} and nobody was told`)];
}
