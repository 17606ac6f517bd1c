import type { SaleStatus } from '../generated/prisma/enums.js';

/** What an admin may ask of a sale's state. */
export type SaleCommand = 'open' | 'pause' | 'resume' | 'close';

/** The place of `scheduled` in this table is decided by the clock: see `nextStatus`. */
type Targets = Partial<Record<SaleStatus, SaleStatus>>;

/**
 * The life of a sale. A status stands under a command when the command may be given in it; what stands beside it
 * is the status afterwards. The same status on both sides is a repeat: it is answered and changes nothing.
 *
 * draft: being prepared; not shown to the public. scheduled: opens by itself at `opensAt`.
 * open: takes reservations. paused: takes none for now; holds and payments go on. closed: takes none ever again;
 * holds that exist run out or are paid, nothing is taken from anybody.
 */
export const SALE_STATES = {
  open: { draft: 'open', scheduled: 'open', open: 'open' },
  pause: { open: 'paused', paused: 'paused' },
  resume: { paused: 'open', open: 'open' },
  close: { scheduled: 'closed', open: 'closed', paused: 'closed', closed: 'closed' },
} as const satisfies Record<SaleCommand, Targets>;

/** The fact that subscribers are told when a sale reaches a status; the other statuses are of no concern to them. */
export const STATUS_FACTS: Partial<Record<SaleStatus, string>> = {
  open: 'sale.opened',
  paused: 'sale.paused',
  closed: 'sale.closed',
};

/**
 * The status that a command leads to, or undefined where the state table refuses it. A draft whose `opensAt` lies
 * in the future becomes `scheduled`, and stays so when the command comes again: a client that repeats an `open` whose
 * answer was lost must not open the sale early. To open early, change `opensAt`.
 */
export function nextStatus(command: SaleCommand, from: SaleStatus, opensLater: boolean): SaleStatus | undefined {
  const targets: Targets = SALE_STATES[command];
  if (command === 'open' && opensLater && (from === 'draft' || from === 'scheduled')) return 'scheduled';
  return targets[from];
}
