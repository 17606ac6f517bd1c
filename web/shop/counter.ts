import type { StreamState } from '@holdfast/client/follow-events';
import { followReservation } from '@holdfast/client/follow-reservation';
import { ProblemError } from '@holdfast/client/problem-error';
import { repeat } from '@holdfast/client/repeat';
import { newIdempotencyKey, reserve, type Reservation, type ReservationLine } from '@holdfast/client/reserve';
import { api, buyerHeaders } from './server.js';
import { forgetWish, keepWish, keptWish, type KeptWish } from './wish.js';
import { wireLog } from './wire-log.js';

/** What the buyer has at the counter. */
export interface AtCounter {
  /** Asked for, and not answered yet. */
  readonly asking: KeptWish | null;
  /** How often it had to be asked again. */
  readonly tries: number;
  readonly reservation: Reservation | null;
  readonly connection: StreamState;
  /** What is under way with the reservation. */
  readonly busy: 'extending' | 'releasing' | 'going to pay' | null;
  /** What was refused last. */
  readonly problem: ProblemError | null;
}

const NOTHING: AtCounter = {
  ...{ asking: null, tries: 0, reservation: null, connection: 'over', busy: null, problem: null },
};
const LIVE = new Set(['queued', 'held', 'checkout']);

export const isLive = (reservation: Reservation | null): boolean =>
  reservation !== null && LIVE.has(reservation.status);

const inPath = (id: string): { params: { path: { id: string } } } => ({ params: { path: { id } } });

/** From the wish to the hold and to its end: one reservation at a time, followed by its stream. */
class Counter {
  private state = NOTHING;
  private stopFollowing = (): void => undefined;
  private readonly listeners = new Set<() => void>();

  readonly read = (): AtCounter => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** A page that is reloaded finds its hold again, and asks again for what it had no answer to. */
  async restore(saleId: string): Promise<void> {
    if (!this.isFree()) return;
    const wish = keptWish(saleId);
    if (wish) return this.send(wish);
    const { data } = await repeat(() =>
      api.GET('/v1/sales/{saleId}/reservations', { params: { path: { saleId }, query: {} } }),
    );
    const live = data?.items.find((each) => LIVE.has(each.status));
    // Whoever was quicker than this answer has asked for something new already.
    if (live && this.isFree()) this.follow(live);
  }

  /** Asks for units: a new wish, under a new key. */
  ask(saleId: string, lines: readonly ReservationLine[]): Promise<void> {
    const wish = { saleId, lines, idempotencyKey: newIdempotencyKey() };
    keepWish(wish);
    return this.send(wish);
  }

  /** Asks again for what there was no answer to: the same wish under the same key is never held twice. */
  async askAgain(saleId: string): Promise<void> {
    const wish = keptWish(saleId);
    if (wish) await this.send(wish);
  }

  /** Each call counts, so it is made once: what became of it, the stream tells. */
  extend(): Promise<void> {
    return this.change('extending', (id) => api.POST('/v1/reservations/{id}/extend', inPath(id)));
  }

  release(): Promise<void> {
    return this.change('releasing', (id) => repeat(() => api.DELETE('/v1/reservations/{id}', inPath(id))));
  }

  /** From here on no deadline takes the units before the payment window is over. A repeat is the same window. */
  goToPay(): Promise<void> {
    return this.change('going to pay', (id) => repeat(() => api.POST('/v1/reservations/{id}/checkout', inPath(id))));
  }

  /** Looks at one that is not at the counter, such as that of a reloaded payment page. */
  async open(id: string): Promise<void> {
    if (this.state.reservation?.id === id) return;
    try {
      const { data } = await repeat(() => api.GET('/v1/reservations/{id}', inPath(id)));
      if (data) this.follow(data);
    } catch (error) {
      this.set({ problem: problemIn(error) });
    }
  }

  /** What has ended has been read, or what was refused. */
  clear(): void {
    if (isLive(this.state.reservation)) this.set({ problem: null });
    else {
      this.stopFollowing();
      forgetWish();
      this.set(NOTHING);
    }
  }

  private isFree(): boolean {
    return this.state.asking === null && this.state.reservation === null;
  }

  private async send(wish: KeptWish): Promise<void> {
    this.stopFollowing();
    this.set({ ...NOTHING, asking: wish });
    const onTry = (): void => this.set({ tries: this.state.tries + 1 });
    try {
      const reservation = await reserve(api, { ...wish, onTry });
      forgetWish();
      this.follow(reservation);
    } catch (error) {
      const problem = problemIn(error);
      // Only an answer settles a wish; what has none is kept, to be asked for again.
      if (!problem.isPassing) forgetWish();
      this.set({ ...NOTHING, problem });
    }
  }

  private follow(reservation: Reservation): void {
    this.stopFollowing();
    this.set({ ...NOTHING, connection: 'connecting' });
    this.note(reservation);
    this.stopFollowing = followReservation({
      ...{ id: reservation.id, headers: buyerHeaders },
      onReservation: (next) => {
        wireLog.note(`event: ${next.status}`, `version ${next.version}`, next.status === 'rejected');
        this.note(next);
      },
      onState: (connection) => this.set({ connection }),
    });
  }

  /** Takes what an answer or an event says, unless something newer is known. */
  private note(next: Reservation): void {
    const known = this.state.reservation;
    if (known?.id === next.id && known.version > next.version) return;
    if (next.status === 'rejected' && next.problem) {
      this.stopFollowing();
      this.set({ ...NOTHING, problem: ProblemError.from(next.problem.status, { ...next.problem }) });
    } else this.set({ reservation: next });
  }

  private async change(
    busy: NonNullable<AtCounter['busy']>,
    call: (id: string) => Promise<{ data?: Reservation }>,
  ): Promise<void> {
    const id = this.state.reservation?.id;
    if (id === undefined || this.state.busy !== null) return;
    this.set({ busy, problem: null });
    try {
      const { data } = await call(id);
      this.set({ busy: null });
      if (data && this.state.reservation?.id === data.id) this.note(data);
    } catch (error) {
      this.set({ busy: null, problem: problemIn(error) });
    }
  }

  private set(part: Partial<AtCounter>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }
}

/** What is no refusal of the API is a mistake of this page's. */
function problemIn(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  throw error;
}

export const counter = new Counter();
