import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { randomId } from '../platform/ids.js';
import { Log } from '../platform/logging.js';
import { Problem } from '../problems.js';
import type { Card, PaymentView } from './payment.view.js';
import { PretendProvider } from './pretend-provider.js';
import { type Answer, type Ask, StorefrontApi } from './storefront-api.js';

/** Reservations whose payments are remembered; the oldest goes first. A shop of your own has a table. */
const REMEMBERED_MAX = 5_000;

/** Somebody waits for it at the page. */
const READING_MS_MAX = 5_000;

interface Attempt {
  view: PaymentView;
  /** Resolves when it is processing no more; never rejects. */
  readonly over: Promise<void>;
}

/** What a storefront's backend does when somebody pays, in the order in which it must be done. */
@Injectable()
export class Payments implements BeforeApplicationShutdown {
  /** By reservation, the newest first. */
  private readonly attempts = new Map<string, Attempt[]>();
  private readonly stopping = new AbortController();
  private readonly log: Logger;

  constructor(
    private readonly api: StorefrontApi,
    private readonly provider: PretendProvider,
    log: Log,
  ) {
    this.log = log.child({ part: 'demo-shop' });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all([...this.attempts.values()].flat().map(({ over }) => over));
  }

  /** The payments of somebody's own reservation, as soon as none is under way, or after `waitMs`. */
  async list(customerId: string, reservationId: string, waitMs: number): Promise<PaymentView[]> {
    await this.reservationOf(customerId, reservationId);
    const attempts = this.attempts.get(reservationId) ?? [];
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, waitMs)));
    await Promise.race([Promise.all(attempts.map(({ over }) => over)), patience]);
    clearTimeout(timer);
    return attempts.map(({ view }) => view);
  }

  /** Begins a payment, unless one is under way or has succeeded: who clicks twice pays once. */
  async begin(customerId: string, reservationId: string, card: Card): Promise<{ payment: PaymentView; made: boolean }> {
    const { total, currency } = await this.reservationOf(customerId, reservationId);
    const earlier = this.attempts.get(reservationId) ?? [];
    const standing = earlier.find(({ view: { status } }) => status === 'processing' || status === 'ordered');
    if (standing) return { payment: standing.view, made: false };
    const reference = randomId('pay', 16);
    const view: PaymentView = {
      ...{ reference, reservationId, card, amount: Number(total), currency: String(currency) },
      ...{ status: 'processing', orderId: null, problem: null },
    };
    const attempt: Attempt = { view, over: Promise.resolve() };
    this.remember(reservationId, [Object.assign(attempt, { over: this.run(attempt) }), ...earlier]);
    return { payment: view, made: true };
  }

  private async run(attempt: Attempt): Promise<void> {
    try {
      attempt.view = { ...attempt.view, ...(await this.outcome(attempt.view)) };
    } catch (error) {
      if (!this.stopping.signal.aborted) this.log.error({ err: error }, 'a pretended payment failed');
      attempt.view = { ...attempt.view, status: 'unknown' };
    }
  }

  /** Pin, charge, confirm. The payment's reference is one from the first try to the last. */
  private async outcome({
    reservationId,
    reference,
    card,
    amount,
    currency,
  }: PaymentView): Promise<Partial<PaymentView>> {
    const path = `/v1/reservations/${reservationId}`;
    const pinned = await this.ask({ method: 'POST', path: `${path}/checkout` });
    if (pinned === null) return { status: 'unknown' };
    // Nobody is charged for what is gone; a card that pays late did not know it either.
    if (pinned.status !== 200 && card !== 'late') return { status: 'refused', problem: pinned.body };
    const windowOver = (): Promise<void> => this.untilOver(path);
    if (!(await this.provider.charge({ card, windowOver, stop: this.stopping.signal }))) return { status: 'declined' };
    const body = { paymentReference: reference, amount, currency };
    const answer = await this.ask({ method: 'POST', path: `${path}/confirm`, body });
    if (answer === null) return { status: 'unknown' };
    if (answer.status < 300) return { status: 'ordered', orderId: String(answer.body['id']) };
    // The answer is final for this reference: there is no order, and the provider is told to give the money back.
    return { status: 'refunded', problem: answer.body };
  }

  /** Asks until the payment window is over; each question waits at the server's side for the next change. */
  private async untilOver(path: string): Promise<void> {
    for (;;) {
      const known = await this.ask({ method: 'GET', path });
      if (known?.body['status'] !== 'checkout') return;
      const headers = { Prefer: 'wait=10', 'If-None-Match': `"${Number(known.body['version'])}"` };
      await this.ask({ method: 'GET', path, headers });
    }
  }

  /** A storefront's key reads everybody's reservations, so whose it is must be asked here. */
  private async reservationOf(customerId: string, reservationId: string): Promise<Answer['body']> {
    const path = `/v1/reservations/${encodeURIComponent(reservationId)}`;
    const answer = await this.ask({ method: 'GET', path, patienceMs: READING_MS_MAX });
    if (answer?.status === 200 && answer.body['customerId'] === customerId) return answer.body;
    if (answer === null) throw new Problem('store-unavailable', 'The service does not answer; try again.');
    throw new Problem('reservation-not-found', 'There is no such reservation of yours.');
  }

  private ask(asked: Omit<Ask, 'stop'>): Promise<Answer | null> {
    return this.api.ask({ ...asked, stop: this.stopping.signal });
  }

  private remember(reservationId: string, attempts: Attempt[]): void {
    this.attempts.delete(reservationId);
    this.attempts.set(reservationId, attempts);
    if (this.attempts.size <= REMEMBERED_MAX) return;
    const [oldest] = this.attempts.keys();
    if (oldest !== undefined) this.attempts.delete(oldest);
  }
}
