import type { ProblemError, ProblemOf } from '@holdfast/client/problem-error';
import { countOf } from '../look/amount.js';

/** What somebody can do about it; `same` asks again with the same key, `again` wishes anew. */
export type NextStep = 'again' | 'same' | 'choose' | 'another-buyer' | 'orders' | 'reload' | 'none';

export interface Said {
  readonly title: string;
  readonly text: string;
  readonly next: NextStep;
  readonly grave: boolean;
}

interface Knowing {
  readonly skuName: (skuId: string) => string;
  /** How long it is until a moment, by the server's clock, in words. */
  readonly until: (moment: string) => string;
}

const kindly = (title: string, text: string, next: NextStep, grave = false): Said => ({ title, text, next, grave });

const list = new Intl.ListFormat('en', { type: 'conjunction' });

type Unavailable = ProblemOf<'units-unavailable'>;

function unavailable({ lines }: Unavailable, { skuName, until }: Knowing): Said {
  const short = lines.filter(({ available, requested }) => available < requested);
  const named = short.flatMap(({ unavailableUnits = [] }) => unavailableUnits);
  const what = named.length > 0 ? list.format(named) : list.format(short.map(({ skuId }) => skuName(skuId)));
  const [soonest] = short.flatMap(({ nextExpiryAt }) => nextExpiryAt ?? []).sort();
  const hope =
    soonest === undefined ? '' : ` The first of their holds ends in ${until(soonest)}, if it is not paid for.`;
  if (named.length > 0)
    return kindly(
      `Somebody has ${what} already`,
      `Nothing of your basket was held.${hope} Other places may be free.`,
      'choose',
    );
  const left = short.map(({ skuId, available }) => `${available} of ${skuName(skuId)}`);
  const rest = short.some(({ available }) => available > 0) ? ` Free now: ${list.format(left)}.` : '';
  return kindly(`Others hold ${what} just now`, `Nothing of your basket was held.${rest}${hope}`, 'again');
}

function overLimit({ limit, held, sold }: ProblemOf<'customer-limit-reached'>): Said {
  const has = [...(held > 0 ? [`hold ${held}`] : []), ...(sold > 0 ? [`have bought ${sold}`] : [])];
  const so = has.length > 0 ? ` You ${has.join(' and ')}.` : '';
  return kindly(
    `One buyer may have ${countOf(limit, 'ticket')}`,
    `Nothing more was held.${so} Take fewer, or be somebody else: this is a demo.`,
    'another-buyer',
  );
}

const LATE: Record<ProblemOf<'payment-late-rejected'>['reason'], string> = {
  expired: 'This sale takes no payment after its window.',
  released: 'The tickets had been given back.',
  'sale-closed': 'The sale had closed by then.',
  'customer-limit-reached': 'You have others by now, and one buyer may not have more.',
  'units-unavailable': 'Others hold the tickets by now.',
  'sold-out': 'The tickets were sold to others by then.',
};

/** A refusal in words for the buyer: what happened to their tickets and their money, and what to do next. */
export function sayRefusal(problem: ProblemError, knowing: Knowing): Said {
  const others = problem.as('units-unavailable');
  if (others) return unavailable(others, knowing);
  const limit = problem.as('customer-limit-reached');
  if (limit) return overLimit(limit);
  const late = problem.as('payment-late-rejected');
  if (late)
    return kindly(
      'Your payment came too late',
      `${LATE[late.reason]} The money is on its way back to you.`,
      'choose',
      true,
    );
  const soldOut = problem.as('sold-out');
  if (soldOut) {
    const what = list.format([...new Set(soldOut.lines.map(({ skuId }) => knowing.skuName(skuId)))]);
    return kindly(`${what}: sold out`, 'All are paid for. They come back only if somebody cancels an order.', 'choose');
  }
  return SAID[problem.code] ?? kindly('That did not work', problem.message, 'reload', true);
}

const SAID: Readonly<Record<string, Said>> = {
  'sale-paused': kindly(
    'The sale is paused',
    'Nothing was held. It goes on soon, and this page says so at once.',
    'none',
  ),
  'sale-not-open': kindly('Not open yet', 'Nothing was held. The countdown above says when it opens.', 'none'),
  'sale-closed': kindly('The sale is over', 'Nothing was held. What you have bought stays yours.', 'orders'),
  'too-many-requests': kindly('That was too fast', 'Wait a few seconds, then ask again.', 'same'),
  'queue-timeout': kindly('It took too long', 'Your request could not be decided in time. Nothing was held.', 'again'),
  'request-lost': kindly('Your request was lost', 'It was lost before it was decided. Nothing was held.', 'again'),
  overloaded: kindly('Too many are asking', 'You have not lost your place. Ask again in a moment.', 'same'),
  'store-unavailable': kindly(
    'The box office does not answer',
    'We do not know whether your request arrived. Ask again: it is the same request, so nothing is held twice.',
    'same',
    true,
  ),
  unreachable: kindly(
    'No connection',
    'We do not know whether your request arrived. Ask again: it is the same request, so nothing is held twice.',
    'same',
    true,
  ),
  internal: kindly(
    'Something broke on our side',
    'Ask again: it is the same request, so nothing is held twice.',
    'same',
    true,
  ),
  'reservation-not-held': kindly(
    'Your hold had ended',
    'Nothing was charged. The tickets went back on sale.',
    'choose',
  ),
  'reservation-not-found': kindly('There is no such basket', 'It may be another buyer’s.', 'choose'),
  'order-not-found': kindly('There is no such order', 'It may be another buyer’s.', 'choose'),
  'extension-refused': kindly('No more time', 'The hold cannot be prolonged again. The countdown stands.', 'none'),
  'already-confirmed': kindly(
    'Paid for already',
    'There is an order. A second payment is on its way back to you.',
    'orders',
  ),
  'unit-unknown': kindly('There is no such place', 'The plan has changed. Load the page again.', 'reload'),
  'sku-not-found': kindly('No longer on sale', 'What there is has changed. Load the page again.', 'reload'),
  'sale-not-found': kindly('There is no such sale', 'Load the page again to see what is on.', 'reload'),
};
