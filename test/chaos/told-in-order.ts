import type { Case, History, Operation, Standing, Told } from './history.js';

/** What a reservation may still become, by what was told of it before. */
const FOLLOWS: Record<Standing, readonly Standing[]> = {
  queued: ['queued', 'held', 'checkout', 'confirmed', 'rejected', 'released', 'expired', 'cancelled'],
  held: ['held', 'checkout', 'confirmed', 'released', 'expired', 'cancelled'],
  checkout: ['checkout', 'confirmed', 'released', 'expired', 'cancelled'],
  confirmed: ['confirmed', 'cancelled'],
  expired: ['expired', 'confirmed', 'cancelled'], // by a payment that came late
  released: ['released'],
  rejected: ['rejected'],
  cancelled: ['cancelled', 'confirmed'], // the order is cancelled; its reservation stays confirmed
};

const JOURNALLED: ReadonlySet<Standing> = new Set(['held', 'checkout', 'confirmed', 'released', 'expired']);

/** One key leads to one reservation, and what was told of it never turns into something that cannot follow. */
export function talesThatTurn(each: Case, history: History): string[] {
  const told = each.operations.flatMap((operation) => (operation.told ? [{ operation, told: operation.told }] : []));
  const findings: string[] = [];
  const ids = [...new Set(told.map(({ told: { id } }) => id))];
  if (ids.length > 1) findings.push(`key ${each.key} of ${each.customerId} led to ${ids.join(' and ')}`);
  for (const [i, later] of told.entries()) {
    const before = told.slice(0, i).filter(({ operation }) => operation.endedAt < later.operation.invokedAt);
    for (const earlier of before) {
      const wrong = contradiction(earlier.told, later.told);
      if (wrong === null || isForgotten(each, earlier, later, history)) continue;
      findings.push(`${later.told.id} was told ${wrong}`);
      break;
    }
  }
  return [...findings, ...placesThatChange(each, told)];
}

interface Tale {
  readonly operation: Operation;
  readonly told: Told;
}

function contradiction(before: Told, now: Told): string | null {
  if (!FOLLOWS[before.standing].includes(now.standing)) return `${before.standing}, and then ${now.standing}`;
  const counted = JOURNALLED.has(before.standing) && JOURNALLED.has(now.standing);
  if (counted && before.version !== null && now.version !== null && now.version < before.version)
    return `version ${before.version} (${before.standing}), and then ${now.version} (${now.standing})`;
  return null;
}

/** A refusal, or a release while queued, is Redis's alone: with Redis it may be forgotten, and a repeat that is still on its way asks anew. */
function isForgotten({ operations }: Case, earlier: Tale, later: Tale, { lossesAt }: History): boolean {
  const { standing } = earlier.told;
  if (standing !== 'rejected' && !(standing === 'released' && earlier.told.places.length === 0)) return false;
  const began = operations[0]?.invokedAt ?? 0;
  const lost = lossesAt.some((at) => at >= began && at <= later.operation.endedAt);
  return lost || operations.some(({ kind, outcome }) => kind === 'reserve' && outcome === 'unknown');
}

/** A hold is of the same units for as long as it stands. An order of a late payment may be of others. */
function placesThatChange({ order }: Case, told: readonly Tale[]): string[] {
  const held = told.filter(({ told: { standing } }) => standing === 'held' || standing === 'checkout');
  const ordered = order?.late ? [] : told.filter(({ operation: { kind } }) => kind === 'confirm' || kind === 'cancel');
  const versions = new Set([...held, ...ordered].map(({ told: { places } }) => [...places].sort().join()));
  return versions.size > 1 ? [`${told[0]?.told.id} was told ${[...versions].join(' and then ')}`] : [];
}

/** Whoever was acknowledged has an outcome, in the journal or as a refusal, and it is what was told last. */
export function acknowledgedAndLost(each: Case): string[] {
  const { id, row, operations } = each;
  if (id === null) return [];
  const told = operations.flatMap((operation) => (operation.told ? [{ operation, told: operation.told }] : []));
  const last = told.sort((a, b) => a.operation.endedAt - b.operation.endedAt).at(-1);
  const wasHeld = told.find(({ told: { standing, places } }) => JOURNALLED.has(standing) && places.length > 0);
  if (wasHeld && !row) return [`${id} was told ${wasHeld.told.standing}, and the journal has no row of it`];
  const unknown = operations.find(({ code }) => code === 'reservation-not-found');
  if (unknown) return [`${id} was told of, and then not found (${unknown.kind})`];
  if (last?.told.standing === 'queued') return [`${id} was queued and never decided`];
  if (!row || !last) return [];
  const { standing } = last.told;
  if (standing === 'rejected')
    return last.operation.kind === 'read' && row.status === 'confirmed'
      ? [`${id} was told rejected, and is confirmed`]
      : [];
  const wanted = standing === 'cancelled' ? 'confirmed' : standing;
  if (!FOLLOWS[wanted].includes(row.status)) return [`${id} was told ${wanted} last, and the row says ${row.status}`];
  const held = told.find((tale) => tale.told.standing === 'held' || tale.told.standing === 'checkout');
  const same = [...(held?.told.places ?? [])].sort().join() === [...row.places].sort().join();
  if (held && !each.order?.late && !same)
    return [`${id} was told ${held.told.places.join()}, and the row has ${row.places.join()}`];
  return strangeRelease(each);
}

/** Only who was asked to gives a hold back. */
function strangeRelease({ row, operations, id }: Case): string[] {
  if (row?.status !== 'released') return [];
  if (operations.some(({ kind }) => kind === 'release')) return [];
  const wasTold = operations.some(({ told }) => told?.standing === 'held' || told?.standing === 'checkout');
  return wasTold ? [`${id} was held and is released (${row.endReason}), and nobody asked for that`] : [];
}
