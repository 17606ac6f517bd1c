import { type Case, casesOf, type Operation } from '../chaos/history.js';
import { type Asked, outcomeOf } from '../chaos/recorder.js';
import { crowd } from '../e2e/crowd.js';
import type { Answer, Wire } from '../e2e/http-client.js';
import { steadyNow } from './generator.js';
import type { Plan } from './plan.js';
import { longestSeconds } from './read-plan.js';
import type { Service } from './service.js';

const AT_ONCE = 16;
const REPEATS_MAX = 30;
const LOOK_MS = 250;
/** After the last deadline the sweep and the settling have some time. */
const GRACE_MS = 30_000;

export interface AfterTheRush {
  readonly service: Service;
  readonly saleId: string;
  readonly plan: Plan;
  readonly history: Operation[];
  /** Ends waiting at once. */
  readonly hurry: AbortSignal;
  readonly say: (what: string) => void;
}

/** Brings everything to its end: payments without an answer are told again, and what is held runs out or is given back. */
export async function settle(rush: AfterTheRush): Promise<void> {
  const { plan, history, say } = rush;
  await tellPaymentsAgain(rush);
  if (plan.leftovers === 'give-back' || rush.hurry.aborted) await giveBack(rush);
  say('waiting until nothing is held any more');
  const waitMs = (plan.leftovers === 'run-out' ? longestSeconds(plan.sale) * 1_000 : 0) + GRACE_MS;
  for (const giveUpAt = steadyNow() + waitMs; steadyNow() < giveUpAt;) {
    if (await isAtRest(rush)) break;
    if (rush.hurry.aborted && plan.leftovers === 'run-out') await giveBack(rush);
    await pause(LOOK_MS, rush.hurry);
  }
  say(`reading ${new Set(history.map(({ key }) => key)).size.toLocaleString('en')} reservations once more`);
}

/** A 503, or a connection that breaks, is an unknown outcome: the storefront repeats it with the same reference. */
async function tellPaymentsAgain({ service, history, say }: AfterTheRush): Promise<void> {
  const cases = casesOf({ operations: history, rows: [], orders: [] });
  const open = cases.flatMap((each) => (each.id !== null && hasOpenPayment(each) ? [each] : []));
  if (open.length > 0) say(`telling ${open.length} payments again that have no answer`);
  await crowd(open, AT_ONCE, async ({ id, key, customerId, operations }) => {
    const reference = operations.findLast((each) => each.reference !== null)?.reference ?? '';
    const asked: Asked = { kind: 'confirm', customerId, key, reference };
    const path = `/v1/reservations/${id}/confirm`;
    for (let tries = 0; tries < REPEATS_MAX; tries++) {
      const call = (): Promise<Answer> => service.asStorefront('POST', path, { paymentReference: reference });
      if ((await ask(history, asked, call)).outcome !== 'unknown') return;
      await pause(1_000);
    }
  });
}

const hasOpenPayment = ({ operations }: Case): boolean => {
  const payments = operations.filter(({ kind }) => kind === 'confirm');
  return payments.length > 0 && payments.every(({ outcome }) => outcome === 'unknown');
};

/** Whoever left something behind gives it back now; of those who were never answered it is looked up. */
async function giveBack({ service, saleId, history, say }: AfterTheRush): Promise<void> {
  const cases = casesOf({ operations: history, rows: [], orders: [] });
  const left = cases.flatMap(({ id, key, customerId, operations }) => {
    const last = operations.findLast(({ told }) => told !== null)?.told?.standing;
    const lives = last === 'held' || last === 'checkout' || last === 'queued';
    return id !== null && lives ? [{ id, key, customerId }] : [];
  });
  const unheard = [...(await lookUp(service, saleId, customersUnheard(history)))].flatMap(([customerId, found]) =>
    found
      .filter(({ status }) => status === 'held' || status === 'checkout')
      .map(({ id }) => ({ id, key: id, customerId })),
  );
  const all = [...left, ...unheard.filter(({ id }) => !left.some((known) => known.id === id))];
  if (all.length > 0) say(`giving back ${all.length.toLocaleString('en')} holds that were left`);
  await crowd(all, AT_ONCE, async ({ id, key, customerId }) => {
    const asked: Asked = { kind: 'release', customerId, key };
    await ask(history, asked, () => service.asStorefront('DELETE', `/v1/reservations/${id}?reason=the+rehearsal+ends`));
  });
}

/** Customers with a request that was never answered: they may have got something and not know it. */
export function customersUnheard(history: readonly Operation[]): string[] {
  const unknown = history.filter(({ kind, outcome }) => kind === 'reserve' && outcome === 'unknown');
  return [...new Set(unknown.map(({ customerId }) => customerId))];
}

export async function lookUp(
  service: Service,
  saleId: string,
  customers: readonly string[],
): Promise<Map<string, Wire[]>> {
  const found = await crowd(customers, AT_ONCE, async (customerId) => {
    const path = `/v1/sales/${saleId}/reservations?customerId=${encodeURIComponent(customerId)}`;
    return service.asStorefront('GET', path);
  });
  return new Map(customers.map((customerId, i) => [customerId, found[i]?.body.items ?? []]));
}

async function isAtRest({ service, saleId }: AfterTheRush): Promise<boolean> {
  const { skus } = await service.stock(saleId).catch(() => ({ skus: [{ held: 1, checkout: 0 }] }));
  return skus.every(({ held, checkout }) => held + checkout === 0);
}

/** Asks and writes it down. */
export async function ask(history: Operation[], asked: Asked, call: () => Promise<Answer>): Promise<Operation> {
  const invokedAt = steadyNow();
  const answer = await call().catch(() => null);
  const times = { invokedAt, endedAt: steadyNow() };
  const operation = { reference: null, restock: null, ...asked, ...times, ...outcomeOf(asked, answer) };
  history.push(operation);
  return operation;
}

function pause(ms: number, hurry?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // pause: another process is looked at until it is at rest
    const timer = setTimeout(done, hurry?.aborted ? Math.min(ms, 50) : ms);
    function done(): void {
      clearTimeout(timer);
      hurry?.removeEventListener('abort', done);
      resolve();
    }
    hurry?.addEventListener('abort', done, { once: true });
  });
}
