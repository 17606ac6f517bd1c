import { Injectable } from '@nestjs/common';
import { JOURNAL_COLUMNS, type JournalRow } from '../inventory/journal-row.js';
import { Postgres } from '../platform/postgres.js';
import { invalid } from '../platform/validation.js';
import { Problem } from '../problems.js';
import type { HoldCursor } from './hold-cursor.js';
import { type HoldFilter, type HoldSort, LIVE_STATUSES } from './hold-filter.js';

/** A held or pinned row of the journal; `ends_at` is its deadline, whichever of the two it lives by. */
export interface LiveHoldRow extends JournalRow {
  readonly ends_at: Date;
  /** The ledger's time when it was read. */
  readonly now: Date;
}

export interface FilterAsked extends HoldFilter {
  readonly reservationIds?: readonly string[] | undefined;
  /** The moment that ages and times left are counted from; holds that were made later are not meant. Left out: now. */
  readonly at?: Date;
  /** Where the members stand: in the query, unless they are a body's. */
  readonly within?: '?' | '/';
}

const ENDS_AT = "CASE WHEN r.status = 'checkout' THEN r.checkout_expires_at ELSE r.expires_at END";
const SELECT = `SELECT ${JOURNAL_COLUMNS}, ${ENDS_AT} AS ends_at, ledger_now() AS now FROM reservations r`;
const SORTED_BY: Record<HoldSort, string> = {
  ...{ expiresAt: ENDS_AT, '-expiresAt': ENDS_AT },
  ...{ heldAt: 'r.held_at', '-heldAt': 'r.held_at', customer: 'r.customer_id', '-customer': 'r.customer_id' },
};
/** A hold that ran out is journalled a moment later; the clocks of the two stores are never further apart than this. */
const OVERDUE_SECONDS = 5;

/** Finds live holds in the journal: whoever was told of a hold has a row there. */
@Injectable()
export class LiveHolds {
  constructor(private readonly postgres: Postgres) {}

  /**
   * One page, sorted by a key and the id, so that what changes meanwhile neither hides nor repeats other holds. Throws
   * sale-not-found, sku-not-found, unit-unknown.
   */
  async page(asked: FilterAsked, sort: HoldSort, limit: number, after: HoldCursor | null): Promise<LiveHoldRow[]> {
    const { where, values } = await this.whereOf(asked);
    const by = SORTED_BY[sort];
    const [direction, compare] = sort.startsWith('-') ? ['DESC', '<'] : ['ASC', '>'];
    const given = values.length;
    const key = sort.endsWith('customer') ? `$${given + 1}::text` : `to_timestamp($${given + 1}::float8 / 1000)`;
    const beyond = after === null ? '' : `AND (${by}, r.id) ${compare} (${key}, $${given + 2}::text)`;
    return this.postgres.query<LiveHoldRow & Record<string, unknown>>(
      `${SELECT} WHERE ${where} ${beyond}
       ORDER BY ${by} ${direction}, r.id ${direction} LIMIT ${limit}`,
      after === null ? values : [...values, after.value, after.id],
    );
  }

  /** Those with an id beyond this one, in the order of their ids. Throws as `page` does. */
  async beyond(asked: FilterAsked, id: string, limit: number): Promise<LiveHoldRow[]> {
    const { where, values } = await this.whereOf(asked);
    return this.postgres.query<LiveHoldRow & Record<string, unknown>>(
      `${SELECT} WHERE ${where} AND r.id > $${values.length + 1}::text ORDER BY r.id LIMIT ${limit}`,
      [...values, id],
    );
  }

  /** How many units they have together. Throws as `page` does. */
  async units(asked: FilterAsked): Promise<number> {
    const { where, values } = await this.whereOf(asked);
    const [row] = await this.postgres.query<{ units: number }>(
      `SELECT coalesce(sum(jsonb_array_length(l -> 'units')), 0)::int AS units
       FROM reservations r, jsonb_array_elements(r.lines) l WHERE ${where}`,
      values,
    );
    return row?.units ?? 0;
  }

  /** How many there are. Throws as `page` does. */
  async count(asked: FilterAsked): Promise<number> {
    const { where, values } = await this.whereOf(asked);
    const [row] = await this.postgres.query<{ holds: number }>(
      `SELECT count(*)::int AS holds FROM reservations r WHERE ${where}`,
      values,
    );
    return row?.holds ?? 0;
  }

  private async whereOf(asked: FilterAsked): Promise<{ where: string; values: unknown[] }> {
    const { customerId, status, expiringWithin, olderThan, reservationIds, at } = asked;
    const values: unknown[] = [];
    const slot = (value: unknown): string => `$${values.push(value)}`;
    const now = at === undefined ? 'ledger_now()' : `${slot(at)}::timestamptz`;
    const statuses = status === undefined ? LIVE_STATUSES : [status];
    const parts = [
      `r.status IN (${statuses.map((each) => `'${each}'`).join(', ')})`,
      `(r.status = 'checkout' OR r.expires_at > ledger_now() - interval '${OVERDUE_SECONDS} seconds')`,
    ];
    const { saleId, lines } = await this.stockMeant(asked);
    if (saleId !== undefined) parts.push(`r.sale_id = ${slot(saleId)}`);
    if (lines !== null) parts.push(`r.lines @> ANY(${slot(lines)}::jsonb[])`);
    if (customerId !== undefined) parts.push(`r.customer_id = ${slot(customerId)}`);
    if (reservationIds !== undefined) parts.push(`r.id = ANY(${slot(reservationIds)}::text[])`);
    if (expiringWithin !== undefined)
      parts.push(`${ENDS_AT} <= ${now} + ${slot(expiringWithin)}::int * interval '1 second'`);
    if (olderThan !== undefined) parts.push(`r.held_at < ${now} - ${slot(olderThan)}::int * interval '1 second'`);
    if (at !== undefined) parts.push(`r.held_at <= ${now}`);
    return { where: parts.join(' AND '), values };
  }

  /** What `saleId`, `skuId` and `unit` mean in the journal's words: a sale, and the lines of which a hold has one. */
  private async stockMeant({ saleId, skuId, unit, within = '?' }: FilterAsked): Promise<{
    saleId: string | undefined;
    lines: string[] | null;
  }> {
    if (unit !== undefined && saleId === undefined && skuId === undefined)
      throw invalid([{ pointer: `${within}unit`, detail: 'needs saleId or skuId beside it: a label is of one sale' }]);
    if (saleId === undefined && skuId === undefined) return { saleId, lines: null };
    const skus = await this.skusOf(saleId, skuId, unit);
    const [first] = skus;
    if (skuId === undefined && unit === undefined) return { saleId, lines: null };
    if (!first) throw new Problem('sku-not-found', `There is no SKU ${skuId}${saleId ? ` in ${saleId}` : ''}.`);
    if (unit === undefined) return { saleId: first.saleId, lines: [JSON.stringify([{ ordinal: first.ordinal }])] };
    const found = skus.filter(({ unitNo }) => unitNo !== null);
    if (found.length === 0) {
      const errors = [{ pointer: `${within}unit`, detail: 'is not a unit of this sale or SKU' }];
      throw new Problem('unit-unknown', 'There is no such unit.', { errors });
    }
    const lines = found.map(({ ordinal, unitNo }) => JSON.stringify([{ ordinal, units: [unitNo] }]));
    return { saleId: first.saleId, lines };
  }

  /** The SKUs that are meant, with the number of the unit that has the label there. Throws sale-not-found. */
  private async skusOf(
    saleId: string | undefined,
    skuId: string | undefined,
    unit: string | undefined,
  ): Promise<{ saleId: string; ordinal: number; unitNo: number | null }[]> {
    if (saleId !== undefined) {
      const sales = await this.postgres.query('SELECT 1 FROM sales WHERE id = $1', [saleId]);
      if (sales.length === 0) throw new Problem('sale-not-found', `There is no sale ${saleId}.`);
    }
    return this.postgres.query(
      `SELECT k.sale_id AS "saleId", k.ordinal, coalesce(
           (SELECT u.unit_no FROM units u WHERE u.sku_id = k.id AND u.label = $3),
           CASE WHEN $3::text ~ '^[1-9][0-9]{0,8}$' AND $3::int8 <= k.numbered
             AND NOT EXISTS (SELECT 1 FROM units u WHERE u.sku_id = k.id) THEN $3::int END) AS "unitNo"
       FROM skus k WHERE ($1::text IS NULL OR k.sale_id = $1) AND ($2::text IS NULL OR k.id = $2) ORDER BY k.ordinal`,
      [saleId ?? null, skuId ?? null, unit ?? null],
    );
  }
}
