import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import type { ReservationRef } from '../inventory/reservation-ref.js';
import type { EventStream } from '../platform/event-stream.js';
import { Log } from '../platform/logging.js';
import { Problem } from '../problems.js';
import { FINAL_STATUSES, type Reservation } from './reservation.js';
import { ReservationForCaller } from './reservation-for-caller.js';
import type { ReservationEvent } from './reservation-told.js';
import { ResultChannel } from './result-channel.js';

/** Messages can be lost: each stream looks for itself this often, so thousands of them cost next to nothing. */
const LOOK_MS = 10_000;

/** Follows one reservation on a stream: an event for each change, whole and under its version, until the last. */
@Injectable()
export class ReservationEvents {
  constructor(
    private readonly forCaller: ReservationForCaller,
    private readonly results: ResultChannel,
    private readonly log: Log,
  ) {}

  /**
   * Begins with the state now, unless `seenVersion` (a `Last-Event-ID`) is that very one. Changes that follow each
   * other faster than they are read come as one event, whose version then leaps.
   */
  follow(stream: EventStream, caller: Caller, ref: ReservationRef, now: Reservation, seenVersion: number | null): void {
    this.run(stream, caller, ref, now, seenVersion).catch((error: unknown) => {
      this.log.root.error({ err: error, reservationId: ref.id }, 'a stream of a reservation failed');
      stream.body.destroy();
    });
  }

  private async run(
    stream: EventStream,
    caller: Caller,
    ref: ReservationRef,
    now: Reservation,
    seenVersion: number | null,
  ): Promise<void> {
    let latest = now;
    let seen = seenVersion;
    let cancel = (): void => undefined;
    stream.onClose(() => cancel());
    while (stream.isOpen()) {
      // Listening begins before the record is read, so that no change falls in between.
      const next = this.results.next(ref.id, LOOK_MS);
      cancel = next.cancel;
      latest = await this.look(caller, ref, latest);
      if (latest.version !== seen) {
        const data = await this.forCaller.resource(latest);
        stream.send({ id: latest.version, event: latest.status, data } satisfies ReservationEvent);
        seen = latest.version;
      }
      if (FINAL_STATUSES.has(latest.status)) stream.end('final');
      if (!stream.isOpen()) next.cancel();
      await next.change;
    }
  }

  /** A store that cannot be asked now has nothing new to say; the stream stays, and looks again. */
  private async look(caller: Caller, ref: ReservationRef, known: Reservation): Promise<Reservation> {
    try {
      return await this.forCaller.find(caller, ref);
    } catch (error) {
      if (error instanceof Problem && error.code === 'store-unavailable') return known;
      throw error;
    }
  }
}
