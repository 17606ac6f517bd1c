import { deadlineTold } from './ownership.js';
import type { Case, History, Operation, OutcomeRow } from './history.js';

/** Every payment has one outcome, an order or a typed refusal, in the answers and in Postgres alike. */
export function paymentsUnsettled(each: Case, outcomes: ReadonlyMap<string, OutcomeRow>): string[] {
  const { id, operations } = each;
  if (id === null) return [];
  const references = new Set(operations.flatMap(({ reference }) => reference ?? []));
  return [...references].flatMap((reference) => {
    const name = `payment ${reference} of ${id}`;
    const tries = operations.filter((operation) => operation.reference === reference);
    const answers = new Set(tries.filter(({ outcome }) => outcome !== 'unknown').map(answerOf));
    if (answers.size > 1) return [`${name} was answered ${[...answers].join(' and ')}`];
    const row = outcomes.get(`${id} ${reference}`);
    if (!row) return [`${name} has no outcome${answers.size > 0 ? `, and was answered ${[...answers].join()}` : ''}`];
    const stored = row.orderId === null ? `refused: ${row.code}` : `order ${row.orderId}`;
    const [answer] = answers;
    if (answer === undefined) return [`${name} was never answered`];
    if (answer !== stored) return [`${name} was answered ${answer}, and Postgres says ${stored}`];
    return orderMissing(name, row, each);
  });
}

function orderMissing(name: string, { orderId }: OutcomeRow, { order }: Case): string[] {
  if (orderId === null) return [];
  return order?.id === orderId ? [] : [`${name} was ordered as ${orderId}, and there is no such order`];
}

const answerOf = ({ outcome, code, told }: Operation): string =>
  outcome === 'ok' ? `order ${told?.orderId}` : `refused: ${code}`;

/** Who pays before the deadline that was told, without having given the units back, is not refused. */
export function refusedInTime(each: Case, { slackMs }: History): string[] {
  const { id, operations } = each;
  return operations.flatMap((payment) => {
    if (payment.kind !== 'confirm' || payment.outcome !== 'fail' || payment.code === 'already-confirmed') return [];
    const released = operations.some(({ kind, invokedAt }) => kind === 'release' && invokedAt <= payment.endedAt);
    if (released || payment.endedAt >= deadlineTold(each, payment.invokedAt) - slackMs) return [];
    return [`payment ${payment.reference} of ${id} came in time and was refused: ${payment.code}`];
  });
}

/** Nothing that was told held ends before its deadline, unless its customer ends it. */
export function endedEarly(each: Case, { slackMs }: History): string[] {
  const { id, row, operations } = each;
  if (operations.some(({ kind }) => kind === 'release')) return [];
  const inJournal =
    row?.status === 'expired' && row.endedAt !== null && row.endedAt < deadlineTold(each, row.endedAt) - slackMs
      ? [`${id} expired at ${row.endedAt}, ${deadlineTold(each, row.endedAt) - row.endedAt} ms before its deadline`]
      : [];
  const told = operations.flatMap(({ told: now, endedAt, invokedAt }) => {
    if (now?.standing !== 'expired' || endedAt >= deadlineTold(each, invokedAt) - slackMs) return [];
    return [`${id} was told expired ${Math.round(deadlineTold(each, invokedAt) - endedAt)} ms before its deadline`];
  });
  return [...inJournal, ...told];
}

/** Orders are what somebody paid for, and cancelled when, and as, somebody asked for that. */
export function ordersUnasked({ id, order, operations }: Case): string[] {
  if (!order) return [];
  if (!operations.some(({ reference }) => reference === order.paymentReference))
    return [`${order.id} of ${id} was paid by ${order.paymentReference}, which nobody told of`];
  const cancels = operations.filter(({ kind }) => kind === 'cancel');
  const told = cancels.find(({ outcome }) => outcome === 'ok');
  if (told && order.status !== 'cancelled') return [`${order.id} was told cancelled, and is ${order.status}`];
  if (told && order.restocked !== told.restock) return [`${order.id} was cancelled otherwise than it was told`];
  if (order.status === 'cancelled' && cancels.length === 0) return [`${order.id} is cancelled, and nobody asked`];
  return [];
}
