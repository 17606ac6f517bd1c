import {
  casesOf,
  type History,
  type JournalledRow,
  type Operation,
  type OrderedRow,
  type OutcomeRow,
} from '../chaos/history.js';
import { type Asked, outcomeOf, reservationTold } from '../chaos/recorder.js';
import { crowd } from '../e2e/crowd.js';
import type { Answer, Wire } from '../e2e/http-client.js';
import { type AfterTheRush, ask, customersUnheard, lookUp } from './settle.js';

const AT_ONCE = 128;
const TRIES_MAX = 5;

/** What an auditor finds when everything is over: the books, and what the service itself says of them. */
export interface FinalLedger extends Pick<History, 'rows' | 'orders' | 'outcomes' | 'skus'> {
  /** Of both stores compared with each other, by `GET /v1/admin/ledger/check`. */
  readonly check: { verdict: string; findings: string[]; compared: Record<string, number> };
}

/** Reads each reservation once more, every order, the outcome of every payment, the counts, and the service's own check. */
export async function readLedger(rush: AfterTheRush): Promise<FinalLedger> {
  const { service, saleId, history } = rush;
  const reservations = await readEach(rush);
  const orders: OrderedRow[] = [];
  const rowOf = new Map(reservations.map((row) => [row.id, row]));
  for await (const order of service.orders(saleId)) orders.push(orderOf(order, rowOf.get(order.reservationId)));
  const outcomes = await outcomesOf(rush, orders);
  const { skus } = await service.stock(saleId);
  const unheard = await lookUp(service, saleId, customersUnheard(history));
  const more = [...unheard.values()].flat().filter(({ id, status }) => !rowOf.has(id) && isJournalled(status));
  const rows = [...reservations, ...more.map(rowFrom)];
  return {
    ...{ orders, outcomes, rows, check: await checkOf(rush) },
    skus: skus.map((sku) => ({ ...sku, id: sku.skuId })),
  };
}

async function readEach({ service, history, say }: AfterTheRush): Promise<JournalledRow[]> {
  const known = casesOf({ operations: history, rows: [], orders: [] }).filter(({ id }) => id !== null);
  let read = 0;
  const rows = await crowd(known, AT_ONCE, async ({ id, key, customerId }) => {
    const path = `/v1/reservations/${id}`;
    const asked: Asked = { kind: 'read', customerId, key };
    if (++read % 5_000 === 0)
      say(`${read.toLocaleString('en')} of ${known.length.toLocaleString('en')} reservations read`);
    for (let tries = 1; ; tries++) {
      const seen: { answer?: Answer } = {};
      const { outcome } = await ask(
        history,
        asked,
        async () => (seen.answer = await service.asStorefront('GET', path)),
      );
      if (outcome === 'unknown' && tries < TRIES_MAX) continue;
      return seen.answer?.status === 200 && isJournalled(seen.answer.body.status) ? [rowFrom(seen.answer.body)] : [];
    }
  });
  return rows.flat();
}

const isJournalled = (status: string): boolean => status !== 'queued' && status !== 'rejected';

function rowFrom(body: Wire): JournalledRow {
  const { id, places } = reservationTold(body);
  return {
    ...{
      id,
      version: body.version,
      places,
      customerId: body.customerId ?? '',
      status: body.status as JournalledRow['status'],
    },
    heldAt: Date.parse(body.heldAt ?? ''),
    deadline: Date.parse(body.checkoutExpiresAt ?? body.expiresAt ?? ''),
    ...{ endedAt: null, endReason: null, again: false },
  };
}

/** An order that was made after its hold had ended is a late payment's: its units were held again, and may be others. */
function orderOf(order: Wire, row: JournalledRow | undefined): OrderedRow {
  const places = order.lines.flatMap(({ skuId, units }) => units.map((label) => `${skuId}:${label}`));
  return {
    ...{ id: order.id, reservationId: order.reservationId, paymentReference: order.paymentReference, places },
    status: order.status === 'cancelled' ? 'cancelled' : 'confirmed',
    restocked: order.restocked ?? false,
    late: row !== undefined && Date.parse(order.confirmedAt) > row.deadline,
  };
}

/** A payment that became an order stands there; of every other the service is asked once more what it said. */
async function outcomesOf({ service, history }: AfterTheRush, orders: readonly OrderedRow[]): Promise<OutcomeRow[]> {
  const ordered = new Map(
    orders.map(({ id, reservationId, paymentReference }) => [`${reservationId} ${paymentReference}`, id]),
  );
  const payments = new Map<string, { id: string; reference: string; asked: Operation }>();
  for (const { id, operations } of casesOf({ operations: history, rows: [], orders: [] }))
    for (const asked of operations)
      if (id !== null && asked.reference !== null)
        payments.set(`${id} ${asked.reference}`, { id, reference: asked.reference, asked });
  const found = await crowd([...payments], AT_ONCE, async ([name, { id, reference, asked }]): Promise<OutcomeRow[]> => {
    const orderId = ordered.get(name);
    if (orderId !== undefined) return [{ reservationId: id, reference, orderId, code: null }];
    const path = `/v1/reservations/${id}/confirm`;
    const answer = await service.asStorefront('POST', path, { paymentReference: reference }).catch(() => null);
    const { outcome, code, told } = outcomeOf(asked, answer);
    return outcome === 'unknown' ? [] : [{ reservationId: id, reference, orderId: told?.orderId ?? null, code }];
  });
  return found.flat();
}

async function checkOf({ service, saleId }: AfterTheRush): Promise<FinalLedger['check']> {
  const { status, body } = await service.asOperator('GET', `/v1/admin/ledger/check?saleId=${saleId}`);
  const [found] = (body as unknown as { items?: CheckWire[] }).items ?? [];
  if (status !== 200 || !found)
    return { verdict: 'not-compared', findings: [`${status} ${JSON.stringify(body)}`], compared: {} };
  const { verdict, why, findings, compared } = found;
  return {
    verdict,
    findings: [...(why === null ? [] : [why]), ...findings.map(({ kind, text }) => `${kind}: ${text}`)],
    compared,
  };
}

interface CheckWire {
  verdict: string;
  why: string | null;
  findings: { kind: string; text: string }[];
  compared: Record<string, number>;
}
