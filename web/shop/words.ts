import type { Availability, Sale } from '@holdfast/client/follow-sale';
import { countOf, countText } from '../look/amount.js';
import { countdownText } from '../look/moment.js';

type SkuCounts = Availability['skus'][number];

const FEW = 20;

/** How many there are, as a buyer wants to hear it. */
export function stockText(
  counts: SkuCounts | undefined,
  now: number,
): { text: string; kind: 'good' | 'few' | 'held' | 'gone' } {
  if (!counts) return { text: 'Counting …', kind: 'good' };
  if (counts.state === 'sold_out') return { text: 'Sold out', kind: 'gone' };
  if (counts.state === 'all_held') {
    const left = counts.nextExpiryAt === null ? null : Date.parse(counts.nextExpiryAt) - now;
    const hope =
      left === null
        ? 'somebody is paying'
        : left > 0
          ? `the next hold ends in ${countdownText(left)}`
          : 'a hold is ending';
    return { text: `All held by others, ${hope}`, kind: 'held' };
  }
  if (counts.available === 1) return { text: 'The last one', kind: 'few' };
  if (counts.available <= FEW) return { text: `Only ${counts.available} left`, kind: 'few' };
  return { text: `${countText(counts.available)} left`, kind: 'good' };
}

/** `2 × General admission`, `Stalls A-3, A-4`. */
export function lineText(
  { skus }: Pick<Sale, 'skus'>,
  skuId: string,
  units: readonly string[],
  quantity: number,
): string {
  const sku = skus.find(({ id }) => id === skuId);
  const name = sku?.name ?? 'Ticket';
  if (units.length === 0 || sku?.labelled !== true) return `${quantity} × ${name}`;
  return `${name} ${units.join(', ')}`;
}

/** `90 seconds`, `3 minutes`. */
export const durationText = (seconds: number): string =>
  seconds % 60 === 0 ? countOf(seconds / 60, 'minute') : countOf(seconds, 'second');
