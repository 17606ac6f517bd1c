import { type Case, casesOf, type History } from './history.js';
import { limitsExceeded, ownerships, unitsWithTwoOwners } from './ownership.js';
import { endedEarly, ordersUnasked, paymentsUnsettled, refusedInTime } from './payments-settled.js';
import { acknowledgedAndLost, talesThatTurn } from './told-in-order.js';

/** What is to be zero, each by a name of its own. */
export const RULES = [
  'oversold',
  'leaked',
  'lost',
  'told otherwise',
  'paid without outcome',
  'refused in time',
  'ended early',
  'unasked',
  'over the limit',
  'stores disagree',
  'outside the contract',
  'no recovery',
] as const;

export type Rule = (typeof RULES)[number];

export interface Finding {
  readonly rule: Rule;
  readonly what: string;
}

/**
 * Judges a whole run by what each client asked and was told, and by what both stores say afterwards. Linear but for the
 * few operations on one reservation, because units have names.
 */
export function checkHistory(history: History): Finding[] {
  const cases = casesOf(history);
  const owned = ownerships(history);
  const outcomes = new Map(history.outcomes.map((row) => [`${row.reservationId} ${row.reference}`, row]));
  const of = (rule: Rule, found: readonly string[]): Finding[] => found.map((what) => ({ rule, what }));
  const each = (rule: Rule, look: (one: Case) => string[]): Finding[] => of(rule, cases.flatMap(look));
  return [
    ...of('oversold', unitsWithTwoOwners(owned)),
    ...of('oversold', soldTwice(history)),
    ...of('leaked', unitsLeaked(history)),
    ...each('lost', acknowledgedAndLost),
    ...each('told otherwise', (one) => talesThatTurn(one, history)),
    ...each('paid without outcome', (one) => paymentsUnsettled(one, outcomes)),
    ...each('refused in time', (one) => refusedInTime(one, history)),
    ...each('ended early', (one) => endedEarly(one, history)),
    ...each('unasked', ordersUnasked),
    ...of('unasked', rowsUnasked(history, cases)),
    ...of('over the limit', limitsExceeded(owned, history.unitsPerCustomerMax)),
  ];
}

/** Orders that stand name different units, and as many as are counted sold. */
function soldTwice({ orders }: History): string[] {
  const owner = new Map<string, string>();
  return orders
    .filter(({ restocked }) => !restocked)
    .flatMap(({ id, places }) =>
      places.flatMap((place) => {
        const other = owner.get(place);
        owner.set(place, id);
        return other === undefined ? [] : [`unit ${place} was sold to ${other} and to ${id}`];
      }),
    );
}

/** At rest every unit is sold to an order that stands, or can be had. */
function unitsLeaked({ skus, orders, rows }: History): string[] {
  const live = rows.filter(({ status }) => status === 'held' || status === 'checkout');
  const sold = new Map<string, number>();
  for (const place of orders.flatMap(({ restocked, places }) => (restocked ? [] : places))) {
    const [sku = ''] = place.split(':');
    sold.set(sku, (sold.get(sku) ?? 0) + 1);
  }
  const wrong = skus.flatMap((sku) => {
    const ordered = sold.get(sku.id) ?? 0;
    const wanted = `${sku.capacity - ordered} available, 0 held, 0 checkout, ${ordered} sold, 0 blocked`;
    const found = `${sku.available} available, ${sku.held} held, ${sku.checkout} checkout, ${sku.sold} sold, ${sku.blocked} blocked`;
    return wanted === found ? [] : [`${sku.id} counts ${found} of ${sku.capacity}; by the orders: ${wanted}`];
  });
  return [...wrong, ...live.map(({ id, status }) => `${id} is still ${status}`)];
}

/** Nothing stands in the journal that nobody asked for. */
function rowsUnasked({ rows, operations }: History, cases: readonly Case[]): string[] {
  const known = new Set(cases.map(({ id }) => id));
  // Whoever was never answered does not know their reservation's id.
  const waiting = new Set(
    operations.filter(({ outcome }) => outcome === 'unknown').map(({ customerId }) => customerId),
  );
  return rows
    .filter(({ id, again, customerId }) => !again && !known.has(id) && !waiting.has(customerId))
    .map(({ id, status }) => `${id} is ${status}, and nobody asked for it`);
}
