import { type Case, casesOf, type History, type Operation } from './history.js';

/** A time in which places certainly belonged to somebody: from the first answer that said so to the first moment at which it may have ended. */
export interface Ownership {
  readonly id: string;
  readonly customerId: string;
  readonly places: readonly string[];
  readonly from: number;
  readonly to: number;
}

/**
 * Who certainly owned what, and when, by what clients were told; of holds that nobody was told of, by the journal. A hold
 * ends for certain only where its customer gave it up or its deadline passed; an order, where it was cancelled with restock.
 */
export function ownerships(history: History): Ownership[] {
  const cases = casesOf(history);
  const told = cases.flatMap((each) => [...holdOf(each, history.slackMs), ...orderOf(each)]);
  const knownIds = new Set(cases.map(({ id }) => id));
  const untold = history.rows
    .filter(({ id, again, endReason }) => !knownIds.has(id) && !again && endReason !== 'rebuild')
    .map(({ id, customerId, places, heldAt, endedAt, deadline }) => ({
      ...{ id, customerId, places, from: heldAt + history.slackMs },
      to: Math.min(endedAt ?? Infinity, deadline) - history.slackMs,
    }));
  return [...told, ...untold].filter(({ from, to, places }) => to > from && places.length > 0);
}

const earliest = (operations: readonly Operation[], kind: Operation['kind']): number =>
  Math.min(Infinity, ...operations.filter((each) => each.kind === kind).map(({ invokedAt }) => invokedAt));

/** The last deadline that was told by `at`; deadlines only grow. */
export function deadlineTold({ operations }: Case, at = Infinity): number {
  const told = operations.filter(({ endedAt }) => endedAt <= at).map((each) => each.told?.deadline ?? -Infinity);
  return Math.max(-Infinity, ...told);
}

function restockedAt(operations: readonly Operation[]): number {
  const cancelled = operations.filter(({ kind, restock }) => kind === 'cancel' && restock === true);
  return Math.min(Infinity, ...cancelled.map(({ invokedAt }) => invokedAt));
}

function holdOf(each: Case, slackMs: number): Ownership[] {
  const { id, customerId, operations, order } = each;
  const first = operations
    .filter(({ told }) => told?.standing === 'held' || told?.standing === 'checkout')
    .sort((a, b) => a.endedAt - b.endedAt)[0];
  if (!first?.told || id === null) return [];
  const released = earliest(operations, 'release');
  const inTime = order && !order.late;
  const to = inTime ? restockedAt(operations) : Math.min(released, deadlineTold(each) - slackMs);
  return [{ id, customerId, places: first.told.places, from: first.endedAt, to }];
}

/** Of a late payment: other units, from when it was answered. One in time is its hold, going on. */
function orderOf({ id, customerId, operations, order }: Case): Ownership[] {
  if (!order?.late || id === null) return [];
  const answers = operations.filter(({ kind, outcome }) => kind === 'confirm' && outcome === 'ok');
  const from = Math.min(Infinity, ...answers.map(({ endedAt }) => endedAt));
  return [{ id, customerId, places: order.places, from, to: restockedAt(operations) }];
}

/** No unit has two owners at once. */
export function unitsWithTwoOwners(all: readonly Ownership[]): string[] {
  const byPlace = new Map<string, Ownership[]>();
  for (const owner of all) for (const place of owner.places) push(byPlace, place, owner);
  return [...byPlace].flatMap(([place, owners]) => {
    owners.sort((a, b) => a.from - b.from);
    let last: Ownership | undefined;
    const findings: string[] = [];
    for (const owner of owners) {
      if (last && owner.from < last.to && owner.id !== last.id)
        findings.push(
          `unit ${place} had two owners: ${last.id} of ${last.customerId} until ${time(last.to)} at least, ${owner.id} of ${owner.customerId} from ${time(owner.from)} on`,
        );
      if (!last || owner.to > last.to) last = owner;
    }
    return findings;
  });
}

/** No customer owned more than the limit at any time. */
export function limitsExceeded(all: readonly Ownership[], max: number): string[] {
  const byCustomer = new Map<string, Ownership[]>();
  for (const owner of all) push(byCustomer, owner.customerId, owner);
  return [...byCustomer].flatMap(([name, owned]) => {
    const steps = owned.flatMap(({ from, to, places }) => [
      { at: from, by: places.length },
      { at: to, by: -places.length },
    ]);
    steps.sort((a, b) => a.at - b.at || a.by - b.by);
    let sum = 0;
    const peak = Math.max(...steps.map(({ by }) => (sum += by)));
    return peak > max ? [`${name} owned ${peak} units at once, and ${max} is the limit`] : [];
  });
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

const time = (ms: number): string => (ms === Infinity ? 'the end' : new Date(ms).toISOString().slice(11, 23));
