import type { HeldLine } from '../inventory/records.js';
import type { CatalogSale } from '../sales/sale-catalog.js';
import type { HistoryRow } from './history-rows.js';

/** Names of units that stand in a sentence; the rest is counted. */
const NAMED_MAX = 10;

/** How a reservation ended, in the words of whoever wrote it; anything else is a person's own reason. */
const END_WORDS: Record<string, string> = {
  expired: 'its time was over',
  'checkout-window-over': 'the payment window was over',
  rebuild: 'a rebuild found its units in the hands of a newer hold',
  'payment-decided': 'another payment had been decided meanwhile',
  released: '',
};

/** '2 × General admission (17, 18), 1 × Stalls (A-12)'. */
export function unitsInWords(lines: readonly HeldLine[], sale: CatalogSale | null): string {
  const parts = lines
    .filter(({ units }) => units.length > 0)
    .map(({ ordinal, units }) => {
      const sku = sale?.skuByOrdinal.get(ordinal);
      const labels = units.slice(0, NAMED_MAX).map((unit) => sku?.labelOf(unit) ?? String(unit));
      const more = units.length > NAMED_MAX ? `, and ${units.length - NAMED_MAX} more` : '';
      return `${units.length} × ${sku?.name ?? `SKU ${ordinal}`} (${labels.join(', ')}${more})`;
    });
  return parts.length === 0 ? 'no unit' : parts.join(', ');
}

/** '2 × General admission, 1 × Stalls by name (A-12)' of what was asked for. */
export function askedInWords(lines: readonly HeldLine[], sale: CatalogSale | null): string {
  const parts = lines.map(({ ordinal, requested, named, units }) => {
    const sku = sale?.skuByOrdinal.get(ordinal);
    const labels = units.map((unit) => sku?.labelOf(unit) ?? String(unit)).slice(0, NAMED_MAX);
    const names = units.length > 0 ? ` (${labels.join(', ')}${units.length > NAMED_MAX ? ', …' : ''})` : '';
    return `${requested} × ${sku?.name ?? `SKU ${ordinal}`}${named ? ` by name${names}` : ''}`;
  });
  return parts.join(', ');
}

/** Who did it: 'the buyer', 'the shop (Shop backend, Frankfurt)', 'the operator (Night shift)', 'the service itself'. */
export function actorInWords(actor: string | null, name: string | null): string {
  if (actor === null) return 'the service itself';
  const [kind] = actor.split(':');
  const who = { buyer: 'the buyer', service: 'the shop', admin: 'an operator' }[kind ?? ''] ?? actor;
  return name === null ? who : `${who} (${name})`;
}

function confirmedInWords({ actor, actorName, detail, lines }: HistoryRow, sale: CatalogSale | null): string {
  const by = actor === null ? '' : ` by ${actorInWords(actor, actorName)}`;
  const units = unitsInWords(lines, sale);
  if (!detail?.linesBefore) return `Confirmed${by}: ${units}`;
  const before = unitsInWords(detail.linesBefore, sale);
  return `Paid late and confirmed${by}, with the units of ${detail.heldAs ?? 'another hold'}: ${units}; before it expired it had ${before}`;
}

/** What an operator did, where the audit log has it about a reservation or its order. */
const ACTION_WORDS: Record<string, string> = {
  'hold.release': 'gave it back by hand',
  'hold.extend': 'moved its deadline by hand',
  'order.cancel': 'cancelled its order',
};

export function actionInWords(action: string): string {
  return ACTION_WORDS[action] ?? `did ${action}`;
}

/** A sentence for a person: what happened to the reservation, to which units, until when and why. */
export function transitionInWords(row: HistoryRow, sale: CatalogSale | null): string {
  const { kind, until, actor, actorName, reason, detail, mode, orderId, paymentReference } = row;
  const who = actorInWords(actor, actorName);
  const by = actor === null ? '' : ` by ${who}`;
  const why = reason === null ? '' : (END_WORDS[reason] ?? `“${reason}”`);
  const because = why === '' ? '' : `: ${why}`;
  const deadline = until === null ? '' : ` until ${until.toISOString()}`;
  switch (kind) {
    case 'held':
      return `${mode === 'rehold' ? 'Held again for a payment that came late' : 'Held'}: ${unitsInWords(detail?.linesBefore ?? row.lines, sale)}${deadline}.`;
    case 'extended':
      return `Extended${by}${deadline}${because}.`;
    case 'checkout':
      return `Pinned for payment${by}${deadline}: no deadline takes the units before.`;
    case 'confirmed':
      return `${confirmedInWords(row, sale)}${orderId === null ? '' : `, as ${orderId} for the payment ${paymentReference ?? ''}`}.`;
    case 'released':
      return `Given back${by}${because}.`;
    case 'expired':
      return `Ran out${because}; its units went back.`;
    case 'cancelled':
      return `The order was cancelled${by}${because}.`;
  }
}
