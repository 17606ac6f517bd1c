import type { SkuCounts } from '../../src/inventory/sku-counters.js';

/** What a client did and was told, with times: the only witness who has no interest in the outcome. */
export interface Operation {
  readonly kind: 'reserve' | 'read' | 'extend' | 'checkout' | 'release' | 'confirm' | 'cancel';
  readonly customerId: string;
  /** Of the reservation: its Idempotency-Key. */
  readonly key: string;
  /** Of a confirmation. */
  readonly reference: string | null;
  /** Of a cancellation. */
  readonly restock: boolean | null;
  readonly invokedAt: number;
  readonly endedAt: number;
  /** `ok` and `fail` are answers; `unknown` is a broken connection, a timeout or a 5xx: it may have happened, or still will. */
  readonly outcome: 'ok' | 'fail' | 'unknown';
  /** Of the problem, when it failed. */
  readonly code: string | null;
  readonly told: Told | null;
}

export type Standing = 'queued' | 'held' | 'checkout' | 'confirmed' | 'rejected' | 'released' | 'expired' | 'cancelled';

/** A reservation, or an order, as an answer showed it. Places are 'SKU id:number'. */
export interface Told {
  readonly id: string;
  readonly standing: Standing;
  /** Null of an order. */
  readonly version: number | null;
  readonly places: readonly string[];
  /** When it ends by itself, by what was told; null when it does not. */
  readonly deadline: number | null;
  readonly orderId: string | null;
}

/** A row of the journal. */
export interface JournalledRow {
  readonly id: string;
  readonly customerId: string;
  readonly status: 'held' | 'checkout' | 'confirmed' | 'released' | 'expired';
  readonly version: number;
  readonly places: readonly string[];
  readonly heldAt: number;
  /** Of the payment window once pinned, else of the hold. */
  readonly deadline: number;
  readonly endedAt: number | null;
  readonly endReason: string | null;
  /** Held again for a payment that came late. */
  readonly again: boolean;
}

export interface OrderedRow {
  readonly id: string;
  readonly reservationId: string;
  readonly status: 'confirmed' | 'cancelled';
  readonly restocked: boolean;
  readonly paymentReference: string;
  readonly places: readonly string[];
  /** The payment came late: its units were held again, and may be others. */
  readonly late: boolean;
}

export interface OutcomeRow {
  readonly reservationId: string;
  readonly reference: string;
  readonly orderId: string | null;
  readonly code: string | null;
}

/** A whole run, at rest: nothing is held any more. */
export interface History {
  readonly operations: readonly Operation[];
  readonly rows: readonly JournalledRow[];
  readonly orders: readonly OrderedRow[];
  readonly outcomes: readonly OutcomeRow[];
  /** Exact counts of each SKU. */
  readonly skus: readonly (SkuCounts & { readonly id: string })[];
  readonly unitsPerCustomerMax: number;
  /** How far a deadline may seem off: clocks that leap are let go so far, and two clocks differ. */
  readonly slackMs: number;
  /** When Redis lost what it knew: what is in Redis alone, a refusal say, is allowed to be forgotten then. */
  readonly lossesAt: readonly number[];
}

/** One reservation with all that was done with it, in the order of the asking. */
export interface Case {
  readonly key: string;
  readonly customerId: string;
  readonly id: string | null;
  readonly operations: readonly Operation[];
  readonly row: JournalledRow | undefined;
  readonly order: OrderedRow | undefined;
}

export function casesOf({ operations, rows, orders }: Pick<History, 'operations' | 'rows' | 'orders'>): Case[] {
  const byKey = new Map<string, Operation[]>();
  for (const operation of operations) {
    const name = `${operation.customerId}/${operation.key}`;
    const known = byKey.get(name);
    if (known) known.push(operation);
    else byKey.set(name, [operation]);
  }
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const orderOf = new Map(orders.map((order) => [order.reservationId, order]));
  return [...byKey.values()].map((list) => {
    const [first] = list;
    const id = list.find(({ told }) => told !== null)?.told?.id ?? null;
    return {
      key: first?.key ?? '',
      customerId: first?.customerId ?? '',
      id,
      operations: list.sort((a, b) => a.invokedAt - b.invokedAt),
      row: id === null ? undefined : rowOf.get(id),
      order: id === null ? undefined : orderOf.get(id),
    };
  });
}
