import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { actorOf, type Caller } from '../access/caller.js';
import { EndReservation } from '../checkout/end-reservation.js';
import { type AuditEntry, appendToAudit } from '../events/audit-log.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { ExtendReservation } from '../reservations/extend-reservation.js';
import { notHeld } from '../reservations/not-held.js';
import type { Reservation } from '../reservations/reservation.js';
import { ReservationForCaller } from '../reservations/reservation-for-caller.js';
import { HOLD_AGE_SECONDS_MAX } from '../sales/sale-limits.js';

/** One hold given back or prolonged by an operator: the paths that its customer would go, with a line in the audit log. */
@Injectable()
export class ChangeHold {
  constructor(
    private readonly reservations: ReservationForCaller,
    private readonly ending: EndReservation,
    private readonly extending: ExtendReservation,
    private readonly postgres: Postgres,
  ) {}

  /**
   * Gives the units back, of a queued request, a hold or a checkout. The audit entry is written with the row; a repeat is
   * the same answer and writes no other. Throws reservation-not-found, reservation-not-held, store-unavailable.
   */
  async release(caller: Caller, id: string, reason: string): Promise<Reservation> {
    const ref = this.reservations.authorize(caller, id);
    const before = await this.reservations.find(caller, ref);
    const after = { status: 'released' };
    const entry = { actor: actorOf(caller), action: 'hold.release', subject: id, reason, before: told(before), after };
    const record = new RecordOnce(entry);
    await this.ending.end({ ...ref, by: { actor: entry.actor, reason, alongside: record.alongside } }, reason);
    // A request that was still queued has no row; and an earlier try may have died between the two stores.
    if (!record.isWritten) await this.postgres.transaction((client) => appendOnce(client, entry));
    return this.reservations.find(caller, ref);
  }

  /**
   * Moves the deadline of a hold by so many seconds, whatever the sale's limits, but never further from heldAt than any
   * sale may let a hold last. A repeat is another extension. Throws reservation-not-found, reservation-not-held,
   * extension-refused, store-unavailable.
   */
  async extend(caller: Caller, id: string, seconds: number | undefined, reason: string): Promise<Reservation> {
    const ref = this.reservations.authorize(caller, id);
    const before = await this.reservations.find(caller, ref);
    const { status, heldAt, expiresAt } = before;
    if (status !== 'held' || heldAt === null || expiresAt === null) throw notHeld(status);
    const more = seconds ?? (await this.reservations.saleOf(ref)).extensionStepSeconds;
    const until = extendedUntil({ heldAt, expiresAt }, more);
    if (until <= expiresAt) throw ageReached();
    const after = { status, expiresAt: new Date(until) };
    const entry = { actor: actorOf(caller), action: 'hold.extend', subject: id, reason, before: told(before), after };
    const record = new RecordOnce(entry);
    const by = { actor: entry.actor, reason, alongside: record.alongside };
    const extended = await this.extending.extend({ ...ref, by }, until);
    // Another extension was quicker to write the row, which tells of both; what each operator did is in the log all the same.
    if (extended && !record.isWritten) await this.postgres.transaction((client) => appendToAudit(client, [entry]));
    const now = await this.reservations.find(caller, ref);
    if (!extended) throw notHeld(now.status);
    return now;
  }
}

/** An audit entry that is written with the change of a row, where there is one. */
class RecordOnce {
  isWritten = false;
  constructor(private readonly entry: AuditEntry) {}

  readonly alongside = async (client: pg.PoolClient): Promise<void> => {
    await appendToAudit(client, [this.entry]);
    this.isWritten = true;
  };
}

/** Where an operator's extension ends, in ms: nobody keeps a hold for ever. */
export function extendedUntil(hold: { heldAt: number; expiresAt: number }, seconds: number): number {
  return Math.min(hold.expiresAt + seconds * 1_000, hold.heldAt + HOLD_AGE_SECONDS_MAX.max * 1_000);
}

function ageReached(): Problem {
  const hours = HOLD_AGE_SECONDS_MAX.max / 3_600;
  return new Problem('extension-refused', `No hold lasts longer than ${hours} hours.`, { reason: 'age-reached' });
}

/** What the audit log keeps of it: no name of a customer. */
function told({ status, version, expiresAt, checkoutExpiresAt, lines }: Reservation): object {
  const time = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
  const units = lines.reduce((sum, line) => sum + line.units.length, 0);
  return { status, version, units, expiresAt: time(expiresAt), checkoutExpiresAt: time(checkoutExpiresAt) };
}

async function appendOnce(client: pg.PoolClient, entry: AuditEntry): Promise<void> {
  const { rows } = await client.query('SELECT 1 FROM audit WHERE subject = $1 AND action = $2 LIMIT 1', [
    entry.subject,
    entry.action,
  ]);
  if (rows.length === 0) await appendToAudit(client, [entry]);
}
