import { checkHistory, type Finding } from '../chaos/check-history.js';
import type { Operation } from '../chaos/history.js';
import { type Plan, unitsOf } from './plan.js';
import type { FinalLedger } from './read-ledger.js';

/** One question of the auditor's, with what was found. */
export interface Check {
  readonly name: string;
  readonly asks: string;
  /** What it looked at. */
  readonly looked: string;
  readonly findings: readonly string[];
}

export interface Verdict {
  readonly passed: boolean;
  readonly checks: readonly Check[];
  readonly figures: {
    readonly capacity: number;
    readonly sold: number;
    readonly orders: number;
    readonly unsold: number;
    readonly reservations: number;
    readonly answers: number;
  };
}

/** Two clocks, and the moment in which an answer travels. */
const SLACK_MS = 1_500;

/** Judges a rehearsal at rest by the final ledger and by what each client was told. */
export function judge(
  plan: Plan,
  ledger: FinalLedger,
  operations: readonly Operation[],
  faults: readonly string[],
): Verdict {
  const { orders, rows, skus, outcomes, check } = ledger;
  const history = {
    ...{ operations, orders, rows, outcomes, skus, slackMs: SLACK_MS, lossesAt: [] },
    unitsPerCustomerMax: plan.sale.unitsPerCustomerMax ?? Infinity,
  };
  const findings = checkHistory(history);
  const of = (...rules: Finding['rule'][]): string[] =>
    findings.filter(({ rule }) => rules.includes(rule)).map(({ rule, what }) => `${rule}: ${what}`);
  const standing = orders.filter(({ restocked }) => !restocked);
  const places = standing.flatMap((order) => order.places);
  const capacity = unitsOf(plan);
  const sold = skus.reduce((sum, sku) => sum + sku.sold, 0);
  const n = (count: number): string => count.toLocaleString('en');
  const answers = operations.filter(({ outcome }) => outcome !== 'unknown').length;
  const payments = new Set(operations.flatMap(({ reference }) => reference ?? [])).size;
  const checks: Check[] = [
    {
      name: 'Sold exactly',
      asks: 'Are as many units sold as stand in orders, and no more than there are?',
      looked: `${n(sold)} units counted as sold, ${n(places.length)} in ${n(standing.length)} orders, ${n(capacity)} for sale`,
      findings: [...soldInexactly(capacity, sold, places), ...strangeOrders(ledger, operations)],
    },
    {
      name: 'None twice',
      asks: 'Did each unit have one owner at a time, by what every client was told?',
      looked: `${n(rows.length)} holds and ${n(orders.length)} orders, each unit of each`,
      findings: of('oversold'),
    },
    {
      name: 'None leaked',
      asks: 'Is every unit that nobody bought on sale again?',
      looked: skus.map((sku) => `${n(sku.available)} available + ${n(sku.sold)} sold of ${n(sku.capacity)}`).join('; '),
      findings: of('leaked'),
    },
    {
      name: 'Nobody told otherwise',
      asks: 'Does every answer agree with those before it, and with the books?',
      looked: `${n(answers)} answers, each reservation read once more at the end`,
      findings: of('lost', 'told otherwise', 'unasked'),
    },
    {
      name: 'Every payment settled',
      asks: 'Has each payment one outcome, an order or a refusal with its reason, whenever it is asked for?',
      looked: `${n(payments)} payments`,
      findings: of('paid without outcome'),
    },
    {
      name: 'Deadlines kept',
      asks: 'Did every hold last as long as its buyer was told, and was nobody refused who paid in time?',
      looked: `${n(rows.length)} holds`,
      findings: of('refused in time', 'ended early'),
    },
    {
      name: 'Limit kept',
      asks: 'Did no customer ever have more units than the sale allows one of them?',
      looked: plan.sale.unitsPerCustomerMax === null ? 'no limit' : `${n(plan.sale.unitsPerCustomerMax)} a customer`,
      findings: of('over the limit'),
    },
    {
      name: 'Both stores agree',
      asks: 'Do Redis and Postgres say the same, unit by unit?',
      looked: `GET /v1/admin/ledger/check says ${check.verdict}: ${n(check.compared['units'] ?? 0)} units, ${n(check.compared['soldUnits'] ?? 0)} sold`,
      findings: check.verdict === 'agrees' ? [] : [check.verdict, ...check.findings],
    },
    {
      name: 'Nothing outside the contract',
      asks: 'Was there no 500 and no answer that cannot be read?',
      looked: `${n(answers)} answers`,
      findings: faults,
    },
  ];
  const figures = {
    capacity,
    sold,
    orders: standing.length,
    unsold: capacity - sold,
    reservations: rows.length,
    answers,
  };
  return { passed: checks.every((each) => each.findings.length === 0), checks, figures };
}

function soldInexactly(capacity: number, sold: number, places: readonly string[]): string[] {
  const findings: string[] = [];
  if (sold !== places.length) findings.push(`${sold} units are counted as sold, and ${places.length} stand in orders`);
  if (sold > capacity) findings.push(`${sold} units are sold, and there were ${capacity}`);
  return findings;
}

/** Orders of this sale that no buyer of ours knows of. */
function strangeOrders({ orders, rows }: FinalLedger, operations: readonly Operation[]): string[] {
  const known = new Set([...rows.map(({ id }) => id), ...operations.flatMap(({ told }) => told?.id ?? [])]);
  return orders
    .filter(({ reservationId }) => !known.has(reservationId))
    .map(({ id, reservationId }) => `${id} is of ${reservationId}, which no buyer of this rehearsal has`);
}
