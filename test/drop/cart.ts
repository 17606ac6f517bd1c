import type { Operation, Told } from '../chaos/history.js';
import { type Asked, outcomeOf } from '../chaos/recorder.js';
import type { Answer } from '../e2e/http-client.js';
import { NeverSent, type Sending } from './connections.js';
import { record } from './figures.js';
import { DoorsClose, type LineWanted } from './venue.js';
import type { Visitor } from './visitor.js';

export interface ReserveHow {
  /** Seconds of `Prefer: wait`; 0 takes the 202 and asks again. */
  readonly wait?: number;
  /** Without an Idempotency-Key nothing can be repeated: an answer that is lost is lost. */
  readonly keyed?: boolean;
  /** Asks for the decision so often, instead of waiting for it. */
  readonly pollMs?: number;
  readonly cutAfterMs?: number;
}

type Kind = Exclude<Operation['kind'], 'cancel'>;
type Request = Pick<Sending, 'method' | 'path' | 'body' | 'cutAfterMs'> & {
  readonly prefer?: number;
  readonly key?: string;
};

/** What has no answer is asked again, so often; with the same key or reference it is the same request. */
const TRIES_MAX = 15;
const WAIT_SECONDS = 5;

/** One cart of one buyer: a reservation, from the asking to its end. Writes down each request and answer. */
export class Cart {
  private id: string | null = null;
  private deadline = 0;
  private total: { amount: number; currency: string } | null = null;
  private wasHeld = false;
  private wasOrdered = false;
  /** Why it was refused, if it was. */
  code: string | null = null;

  constructor(
    private readonly visitor: Visitor,
    private readonly key: string,
    private readonly lines: readonly LineWanted[],
    private readonly mode: 'all' | 'partial',
    readonly kind: number,
  ) {}

  get seatsWereTaken(): boolean {
    return this.code === 'units-unavailable' && this.lines.some(({ units }) => units !== undefined);
  }

  /** True when the units are held. A repeat with the same key meets the same reservation. */
  async reserve({ wait = WAIT_SECONDS, keyed = true, pollMs, cutAfterMs }: ReserveHow = {}): Promise<boolean> {
    const { venue, customerId } = this.visitor;
    const sentAt = venue.now();
    const body = {
      ...(venue.plan.callers === 'storefront' && { customerId }),
      ...{ lines: this.lines, ...(this.mode === 'partial' && { mode: this.mode }) },
    };
    const path = `/v1/sales/${venue.sale.id}/reservations`;
    const request: Request = {
      ...{ method: 'POST', path, body, prefer: wait, ...(keyed && { key: this.key }) },
      ...(cutAfterMs !== undefined && { cutAfterMs }),
    };
    const dueAt = this.visitor.takeDue();
    const once = !keyed || cutAfterMs !== undefined;
    const asked = once ? await this.ask('reserve', request, dueAt) : await this.patiently('reserve', request, dueAt);
    const decided = asked.told?.standing === 'queued' ? await this.untilDecided(pollMs) : asked;
    return this.decide(decided, sentAt, dueAt);
  }

  async extend(): Promise<boolean> {
    return this.step('extend', { method: 'POST', path: `${this.path}/extend` });
  }

  /** Pins the units for the payment window. */
  async checkout(): Promise<boolean> {
    return this.step('checkout', { method: 'POST', path: `${this.path}/checkout` });
  }

  /** Gives the units back. */
  async release(): Promise<boolean> {
    return this.step('release', { method: 'DELETE', path: this.path });
  }

  /** The payment has succeeded; true when there is an order. The same payment may be told several times. */
  async pay(): Promise<boolean> {
    const body = { paymentReference: `pay-${this.key}`, ...this.total };
    return this.step('confirm', { method: 'POST', path: `${this.path}/confirm`, body });
  }

  /** Waits until the hold, or the payment window, is over for so long. */
  pastDeadline(leastMs: number, mostMs: number): Promise<void> {
    return this.visitor.until(this.deadline + leastMs + this.visitor.dice(mostMs - leastMs));
  }

  private get path(): string {
    return `/v1/reservations/${this.id}`;
  }

  private async step(kind: 'extend' | 'checkout' | 'release' | 'confirm', request: Request): Promise<boolean> {
    if (this.id === null) return false;
    const { outcome, told } = await this.patiently(kind, request);
    this.deadline = told?.deadline ?? this.deadline;
    if (outcome === 'ok' && kind === 'confirm') this.countOrder(told?.places.length ?? 0);
    return outcome === 'ok';
  }

  /** A cart is counted once, however often it was told of. */
  private countOrder(units: number): void {
    if (this.wasOrdered) return;
    this.wasOrdered = true;
    this.visitor.countBought(units);
    this.visitor.venue.figures.counts.ordered++;
  }

  /** Waits for the decision on a 202 with long polls, or asks for it every so often. */
  private async untilDecided(pollMs?: number): Promise<Operation> {
    for (;;) {
      if (pollMs !== undefined) await this.visitor.think(pollMs, pollMs * 1.5);
      const wait = pollMs === undefined ? WAIT_SECONDS : 0;
      const read = await this.patiently('read', { method: 'GET', path: this.path, prefer: wait });
      if (read.told?.standing !== 'queued') return read;
    }
  }

  private decide({ outcome, told }: Operation, sentAt: number, dueAt: number): boolean {
    const { visitor } = this;
    const { figures, now, startAt } = visitor.venue;
    const isHeld = told?.standing === 'held' || told?.standing === 'checkout';
    visitor.decided(sentAt, outcome === 'unknown' ? 'unknown' : isHeld ? 'held' : 'refused', this.code);
    if (outcome === 'unknown') return false;
    const second = figures.second(now() - startAt);
    figures.time('decision', now() - dueAt);
    figures.time(`decision of a ${visitor.persona}`, now() - dueAt);
    record(second.decision, now() - dueAt);
    if (!isHeld) return false;
    this.deadline = told.deadline ?? 0;
    if (this.wasHeld) return true;
    this.wasHeld = true;
    visitor.countHeld(told.places.length);
    figures.counts.held++;
    second.held++;
    return true;
  }

  private async patiently(kind: Kind, request: Request, dueAt?: number): Promise<Operation> {
    for (let tries = 1; ; tries++) {
      const { retryAfterMs, ...operation } = await this.ask(kind, request, dueAt);
      if (operation.outcome !== 'unknown' || tries === TRIES_MAX) return operation;
      const pauseMs = (retryAfterMs ?? 100 * Math.min(tries, 10)) * (1 + this.visitor.dice(500) / 1_000);
      await this.visitor.until(this.visitor.venue.now() + pauseMs);
    }
  }

  private async ask(
    kind: Kind,
    { method, path, body, prefer, key, cutAfterMs }: Request,
    dueAt = this.visitor.takeDue(),
  ): Promise<Operation & { retryAfterMs: number | null }> {
    const { venue, customerId } = this.visitor;
    const { figures, now, startAt } = venue;
    const asked: Asked = {
      ...{ kind, customerId, key: this.key },
      ...(kind === 'confirm' && { reference: `pay-${this.key}` }),
    };
    const headers = {
      authorization: `Bearer ${(kind !== 'confirm' && venue.tokenOf(customerId)) || venue.storefrontKey}`,
      ...(prefer && { prefer: `wait=${prefer}` }),
      ...(key && { 'idempotency-key': key }),
    };
    const invokedAt = now();
    figures.counts.requests++;
    figures.second(invokedAt - startAt).requests++;
    const onSent = (): void => record(figures.connecting, now() - invokedAt);
    const sending: Sending = { method, path, headers, body, onSent, ...(cutAfterMs !== undefined && { cutAfterMs }) };
    const answer = await venue.connections.send(sending).catch((error: unknown) => this.noAnswer(error, cutAfterMs));
    const endedAt = now();
    const rest = outcomeOf(asked, answer);
    const operation = { reference: null, restock: null, ...asked, invokedAt, endedAt, ...rest };
    if (answer) this.answered(kind, answer, endedAt - dueAt, rest.told);
    // What was refused at the door is nothing to hold a service to: it promised nothing and wrote nothing down.
    if (kind !== 'reserve' || rest.told !== null || rest.outcome === 'unknown') venue.history.push(operation);
    const seconds = Number(answer?.headers['retry-after']);
    return { ...operation, retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : null };
  }

  private answered(kind: Kind, { status, body }: Answer, ms: number, told: Told | null): void {
    const { figures, now, startAt, faults } = this.visitor.venue;
    figures.counts.answers++;
    figures.second(now() - startAt).answers++;
    figures.time(kind, ms);
    this.id = told?.id ?? this.id;
    if (status === 500) faults.push(`${kind} of ${this.key}: 500 ${JSON.stringify(body)}`);
    const code = status >= 400 ? body.code : told?.standing === 'rejected' ? (body.problem?.code ?? null) : null;
    if (code !== null) {
      this.code = code;
      figures.refuse(code, now() - startAt);
    }
    if (told?.standing === 'held') this.total = { amount: body.total, currency: body.currency };
  }

  private noAnswer(error: unknown, cutAfterMs: number | undefined): null {
    if (error instanceof NeverSent) throw new DoorsClose();
    const { unanswered } = this.visitor.venue.figures;
    const { code, message } = error as NodeJS.ErrnoException;
    const what = cutAfterMs === undefined ? (code ?? message) : 'the buyer had left';
    unanswered[what] = (unanswered[what] ?? 0) + 1;
    return null;
  }
}
