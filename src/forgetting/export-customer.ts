import { Injectable } from '@nestjs/common';
import { FindOrders } from '../checkout/find-orders.js';
import { toOrderResource } from '../checkout/order.js';
import { Journal } from '../inventory/journal.js';
import { JOURNAL_COLUMNS, type JournalRow } from '../inventory/journal-row.js';
import { reservationId } from '../inventory/reservation-ref.js';
import { Postgres } from '../platform/postgres.js';
import { fromRecords, fromRow, type Reservation } from '../reservations/reservation.js';
import { toResource } from '../reservations/reservation-resource.js';
import { SaleCatalog } from '../sales/sale-catalog.js';
import type { CustomerExport, ExportedRecord } from './customer.dto.js';
import { CustomerRequestRecords } from './customer-requests.js';
import { OF_CUSTOMER } from './customer-rows.js';
import { decodeExportCursor, encodeExportCursor } from './export-cursor.js';
import { RECORD_KINDS, type RecordKind } from './record-kinds.js';

/** A page of one kind of record; `after` is null where that kind has no more. */
interface Section {
  readonly items: ExportedRecord[];
  readonly after: string | null;
}

const PAYMENT = `SELECT p.reservation_id AS "reservationId", p.payment_reference AS "paymentReference", p.outcome,
    p.order_id AS "orderId", p.problem, p.decided_at AS "decidedAt" FROM payment_outcomes p`;
type Payment = { reservationId: string; paymentReference: string };

/** Everything that the stores have of a customer, in pages of one kind each. */
@Injectable()
export class ExportCustomer {
  private readonly sections: Record<RecordKind, (of: string, after: string | null, limit: number) => Promise<Section>> =
    {
      reservation: (of, after, limit) => this.reservations(of, after, limit),
      transition: (of, after, limit) => this.transitions(of, after, limit),
      order: (of, after, limit) => this.ordersOf(of, after, limit),
      payment: (of, after, limit) => this.payments(of, after, limit),
      audit: (of, after, limit) => this.audit(of, after, limit),
      request: (of, after) => this.requestsOf(of, after),
    };

  constructor(
    private readonly postgres: Postgres,
    private readonly journal: Journal,
    private readonly orders: FindOrders,
    private readonly requests: CustomerRequestRecords,
    private readonly catalog: SaleCatalog,
  ) {}

  /** A page; an empty one is followed by others as long as there is a cursor. Throws invalid-request, store-unavailable. */
  async page(customerId: string, limit: number, cursor: string | undefined): Promise<CustomerExport> {
    let { kind, after } =
      cursor === undefined ? { kind: RECORD_KINDS[0] as RecordKind, after: null } : decodeExportCursor(cursor);
    for (;;) {
      const section = await this.sections[kind](customerId, after, limit);
      const next = RECORD_KINDS[RECORD_KINDS.indexOf(kind) + 1];
      const position =
        section.after !== null ? { kind, after: section.after } : next ? { kind: next, after: null } : null;
      const nextCursor = position && encodeExportCursor(position);
      // The search through Redis is long: its pages are given out although they are empty.
      if (section.items.length > 0 || !position || section.after !== null)
        return { customerId, items: section.items, nextCursor };
      ({ kind, after } = position);
    }
  }

  private async reservations(customerId: string, after: string | null, limit: number): Promise<Section> {
    const rows = await this.postgres.query<JournalRow & { end_reason: string | null }>(
      `SELECT ${JOURNAL_COLUMNS}, r.end_reason FROM ${OF_CUSTOMER} WHERE r.id > $2 ORDER BY r.id LIMIT $3`,
      [customerId, after ?? '', limit],
    );
    const items = await Promise.all(
      rows.map(async (row): Promise<ExportedRecord> => {
        const resource = await this.resource(fromRow(row));
        return { kind: 'reservation', id: row.id, record: { ...resource, endReason: row.end_reason } };
      }),
    );
    return { items, after: rows.length === limit ? (rows.at(-1)?.id ?? null) : null };
  }

  private async transitions(customerId: string, after: string | null, limit: number): Promise<Section> {
    const [id, sequence] = (after ?? ' 0').split(' ');
    const rows = await this.postgres.query<{ reservationId: string; sequence: number }>(
      `SELECT t.reservation_id AS "reservationId", t.sequence, t.kind, t.at, t.until, t.actor, t.reason
       FROM ${OF_CUSTOMER} JOIN transitions t ON t.reservation_id = r.id
       WHERE (t.reservation_id, t.sequence) > ($2, $3::int) ORDER BY 1, 2 LIMIT $4`,
      [customerId, id, Number(sequence), limit],
    );
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return {
      items: rows.map((row) => ({ kind: 'transition', id: row.reservationId, record: row })),
      after: last ? `${last.reservationId} ${last.sequence}` : null,
    };
  }

  private async ordersOf(customerId: string, after: string | null, limit: number): Promise<Section> {
    const found = await this.orders.list({ customerId, limit, ...(after === null ? {} : { after }) });
    const items = await Promise.all(
      found.map(async (order): Promise<ExportedRecord> => {
        const record = toOrderResource(order, await this.catalog.find(order.saleId));
        return { kind: 'order', id: order.id, record };
      }),
    );
    return { items, after: found.length === limit ? (found.at(-1)?.id ?? null) : null };
  }

  private async payments(customerId: string, after: string | null, limit: number): Promise<Section> {
    const [id, reference] = (after ?? ' ').split(' ');
    const rows = await this.postgres.query<Payment>(
      `${PAYMENT} WHERE p.reservation_id IN (SELECT r.id FROM ${OF_CUSTOMER})
         AND (p.reservation_id, p.payment_reference) > ($2, $3) ORDER BY 1, 2 LIMIT $4`,
      [customerId, id, reference, limit],
    );
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return {
      items: rows.map((row) => ({ kind: 'payment', id: row.reservationId, record: row })),
      after: last ? `${last.reservationId} ${last.paymentReference}` : null,
    };
  }

  private async audit(customerId: string, after: string | null, limit: number): Promise<Section> {
    const rows = await this.postgres.query<{ id: number; subject: string }>(
      `SELECT a.id, a.at, a.actor, a.action, a.subject, a.reason, a.before, a.after FROM audit a
       WHERE a.id > $2 AND a.subject IN (SELECT r.id FROM ${OF_CUSTOMER}
         UNION ALL SELECT o.id FROM orders o WHERE o.customer_id = $1) ORDER BY a.id LIMIT $3`,
      [customerId, Number(after ?? 0), limit],
    );
    const items = rows.map((row): ExportedRecord => ({ kind: 'audit', id: row.subject, record: row }));
    return { items, after: rows.length === limit ? String(rows.at(-1)?.id) : null };
  }

  /** One page of one sale's records; those that the journal has were exported from there. */
  private async requestsOf(customerId: string, after: string | null): Promise<Section> {
    const [first = '', from = '0'] = (after ?? '').split(' ');
    const [sale, following] = await this.requests.sales(first);
    if (!sale) return { items: [], after: null };
    const { cursor, records } = await this.requests.page(sale, sale.id === first ? from : '0', [customerId]);
    const known = await this.journal.known(
      sale,
      records.map(({ tail }) => tail),
    );
    const items: ExportedRecord[] = [];
    for (const { tail, request, hold } of records.filter((record) => !known.has(record.tail))) {
      const id = reservationId(sale, tail);
      const resource = await this.resource(fromRecords(id, sale.key, request, hold, request.queuedAt));
      const payments = await this.postgres.query(`${PAYMENT} WHERE p.reservation_id = $1`, [id]);
      items.push({ kind: 'request', id, record: { ...resource, requestId: request.requestId, payments } });
    }
    if (cursor !== '0') return { items, after: `${sale.id} ${cursor}` };
    return { items, after: following ? `${following.id} 0` : null };
  }

  private async resource(reservation: Reservation): Promise<object> {
    const sale = await this.catalog.findByKey(reservation.saleKey);
    return sale ? toResource(reservation, sale) : reservation;
  }
}
