import type { Mode } from '../../src/inventory/records.js';
import { linesOf } from '../ledger-lines.js';
import { isNamed, type ModelReservation, NOTHING, ownedBy } from './model-reservation.js';
import { freeOf, MODEL, unitsOf } from './model-sale.js';

const STEP_MS = 60_000;
const HOLD_TTL_MS = MODEL.holdTtlSeconds * 1_000;
const QUEUE_TIMEOUT_MS = MODEL.queueTimeoutSeconds * 1_000;
const HOLD_AGE_MS_MAX = MODEL.holdAgeSecondsMax * 1_000;

/** What the ledger should do, as simply as it can be said: no counters, no pages, no scripts. */
export class LedgerModel {
  readonly reservations: ModelReservation[] = [];
  sequence = 0;

  constructor(public now: number) {}

  all(chosen: (reservation: ModelReservation) => boolean): ModelReservation[] {
    return this.reservations.filter(chosen);
  }

  add(id: string, { customer, mode, lines }: { customer: string; mode: Mode; lines: string }): void {
    this.reservations.push({ id, customer, mode, lines: linesOf(lines), ...NOTHING });
  }

  accept(r: ModelReservation): 'queued' | 'known' {
    if (r.record) return 'known';
    Object.assign(r, { record: 'queued', queuedAt: this.now, waitsUntil: this.now + QUEUE_TIMEOUT_MS });
    return 'queued';
  }

  /** Answers of hold.lua for a batch. */
  hold(batch: readonly ModelReservation[]): string[] {
    this.expire();
    return batch.map((r) => {
      if (r.hold) return `${r.hold.state === 'decided' ? 'decided' : 'standing'} ${r.hold.units.join(' ')}`.trim();
      if (r.record !== 'queued' || r.waitsUntil === null) return r.record ? 'ended' : 'unknown';
      const units = this.now >= r.queuedAt + QUEUE_TIMEOUT_MS ? null : this.decide(r);
      if (!units) {
        Object.assign(r, { record: 'rejected', waitsUntil: null });
        return 'refused';
      }
      const expiresAt = this.now + HOLD_TTL_MS;
      r.hold = { state: 'decided', units, heldAt: this.now, expiresAt, extensions: 0, sequence: ++this.sequence };
      return `decided ${units.join(' ')}`;
    });
  }

  /** The journal's INSERT and what becomes of each hold, then the announcement unless the worker dies before. */
  tell(batch: readonly ModelReservation[], announce: boolean): void {
    for (const r of batch) {
      if (!r.hold) continue;
      if (r.row) {
        const same = r.row.status === 'held' && r.row.sequence === r.hold.sequence;
        if (!same) Object.assign(r, { hold: null, record: null, waitsUntil: null });
      } else if (r.hold.expiresAt <= this.now) {
        Object.assign(r, { hold: null, record: 'rejected', waitsUntil: null });
      } else {
        const { state: _, ...journalled } = r.hold;
        r.row = { ...journalled, status: 'held' };
      }
    }
    if (!announce) return;
    for (const r of batch) {
      if (!r.hold) continue;
      if (r.hold.expiresAt <= this.now) this.end(r, 'expired');
      else Object.assign(r, { waitsUntil: null, hold: { ...r.hold, state: 'held' } });
    }
  }

  release(r: ModelReservation, journal: boolean): string {
    if (!r.hold) {
      if (!r.record || (r.record === 'queued' && r.waitsUntil === null)) return 'unknown';
      if (r.record !== 'queued') return 'over';
      Object.assign(r, { record: 'released', waitsUntil: null });
      return 'withdrawn';
    }
    if (r.hold.state === 'checkout') return 'checkout';
    if (r.hold.expiresAt <= this.now) {
      this.end(r, 'expired');
      return 'over';
    }
    const { state: _, ...held } = r.hold;
    this.end(r, 'released');
    if (journal && (!r.row || r.row.status === 'held')) r.row = { ...(r.row ?? held), status: 'released' };
    return 'released';
  }

  extend(r: ModelReservation, journal: boolean, until?: number): string {
    const { hold } = r;
    if (hold?.state !== 'held' || hold.expiresAt <= this.now) return 'no';
    const expiresAt = until ?? Math.min(hold.expiresAt + STEP_MS, hold.heldAt + HOLD_AGE_MS_MAX);
    if (until === undefined && (hold.extensions >= MODEL.extensionsMax || expiresAt <= hold.expiresAt))
      return 'refused';
    const extensions = hold.extensions + (until === undefined ? 1 : 0);
    if (expiresAt > hold.expiresAt) Object.assign(r, { extended: true, hold: { ...hold, expiresAt, extensions } });
    if (journal) this.journalExtension(r);
    return 'extended';
  }

  pin(r: ModelReservation, journal: boolean): string {
    if (!r.hold || r.hold.state === 'decided') return 'no';
    if (r.hold.state === 'held') {
      if (r.hold.expiresAt <= this.now) return 'no';
      Object.assign(r, { pinnedAt: this.now, hold: { ...r.hold, state: 'checkout' } });
    }
    if (journal) this.journalPin(r);
    return 'pinned';
  }

  /** Postgres first; the script is left out when the caller dies in between. */
  voidCheckout(r: ModelReservation, giveBack: boolean): boolean {
    if (r.row?.status !== 'checkout') return false;
    r.row.status = 'released';
    if (giveBack && r.hold) this.giveBack(r, 'released');
    return true;
  }

  confirm(r: ModelReservation): boolean {
    if (r.row?.status !== 'checkout') return false;
    r.row.status = 'confirmed';
    r.settles = true;
    return true;
  }

  settle(): void {
    for (const r of this.all(({ settles }) => settles)) {
      r.settles = false;
      if (r.hold && r.hold.state !== 'decided') this.giveBack(r, 'confirmed');
    }
  }

  cancel(r: ModelReservation, restock: boolean): string {
    if (r.row?.status !== 'confirmed' || this.paidBy(r)) return 'order-not-found';
    const as = restock ? 'restocked' : 'kept';
    if (r.cancelled) return r.cancelled === as ? 'cancelled' : `cancelled-with${restock ? 'out' : ''}-restock`;
    r.cancelled = as;
    Object.assign(r.heldAs ?? r, { cancelled: as, restocks: restock });
    return 'cancelled';
  }

  /** Units that are not settled yet go back from where they are. */
  restock(): void {
    for (const r of this.all(({ restocks }) => restocks)) {
      r.restocks = false;
      if (r.hold && r.hold.state !== 'decided') this.giveBack(r, 'confirmed');
    }
  }

  /**
   * What an expired reservation had, held again as `id`: each unit if it is free, else the lowest that is. Null when it
   * is refused. The later steps of it are those of any reservation.
   */
  rehold(of: ModelReservation, id: string): ModelReservation | null {
    this.expire();
    const had = of.row?.units ?? [];
    const asked = had.filter((line) => !line.endsWith('#')).map((line) => ({ line, named: linesOf(line)[0]! }));
    const owned = this.all(({ customer }) => customer === of.customer).flatMap(ownedBy);
    const taken = this.taken();
    for (const { ordinal } of asked.map(({ named }) => named)) {
      const wanted = unitsOf(had).filter((unit) => unit.startsWith(`${ordinal}#`)).length;
      const mine = owned.filter((unit) => unit.startsWith(`${ordinal}#`)).length;
      if (mine + wanted > (MODEL.skus[ordinal - 1]?.perCustomerMax ?? 99)) return null;
      if (freeOf(ordinal, taken).length < wanted) return null;
    }
    if (owned.length + unitsOf(had).length > MODEL.perCustomerMax) return null;
    const kept = new Set(unitsOf(had).filter((unit) => !taken.has(unit)));
    const units = had.map((line) => {
      const [ordinal = ''] = line.split('#');
      const numbers = unitsOf([line]).map((unit) => {
        const number = kept.has(unit)
          ? Number(unit.split('#')[1])
          : freeOf(Number(ordinal), new Set([...taken, ...kept]))[0]!;
        taken.add(`${ordinal}#${number}`);
        return number;
      });
      return `${ordinal}#${numbers.join(',')}`;
    });
    const again: ModelReservation = { ...NOTHING, id, customer: of.customer, mode: 'rehold', lines: [] };
    this.reservations.push(again);
    const expiresAt = this.now + HOLD_TTL_MS;
    const hold = { state: 'decided', units, heldAt: this.now, expiresAt, extensions: 0, sequence: ++this.sequence };
    Object.assign(again, { record: 'queued', queuedAt: this.now, waitsUntil: this.now + QUEUE_TIMEOUT_MS, hold });
    return again;
  }

  /** The order is of what was paid for, the units are in what was held again. */
  buyLate(paid: ModelReservation, again: ModelReservation): void {
    if (!paid.row || !again.row) return;
    for (const { row } of [paid, again]) if (row) row.status = 'confirmed';
    paid.heldAs = again;
    again.settles = true;
  }

  /** The reservation whose late payment this one was held for, and bought by. */
  paidBy(again: ModelReservation): ModelReservation | undefined {
    return this.reservations.find(({ heldAs }) => heldAs === again);
  }

  sweep(): void {
    this.expire();
    for (const r of this.all(({ waitsUntil }) => waitsUntil !== null && waitsUntil <= this.now)) {
      if (r.hold) r.waitsUntil = this.now + QUEUE_TIMEOUT_MS;
      else Object.assign(r, { waitsUntil: null, record: 'rejected' });
    }
    for (const r of this.reservations) {
      if (r.row?.status === 'held' && r.note) r.row.status = r.note;
      if (r.extended && r.hold?.state === 'held') this.journalExtension(r);
      Object.assign(r, { note: null, extended: false });
    }
  }

  reconcilePins(graceMs: number): void {
    for (const r of this.all(({ pinnedAt }) => pinnedAt !== null && pinnedAt <= this.now - graceMs)) {
      if (r.row?.status === 'held') this.journalPin(r);
      else if (r.row && r.row.status !== 'checkout') this.giveBack(r, r.row.status);
      r.pinnedAt = null;
    }
  }

  /** A new epoch from the rows; the records of requests are lost, or kept. */
  rebuild(keepsRecords: boolean): void {
    for (const r of this.reservations) {
      Object.assign(r, { hold: null, note: null, extended: false, pinnedAt: null, restocks: false });
      if (!keepsRecords) Object.assign(r, { record: null, waitsUntil: null });
      if (r.row?.status === 'held' && r.row.expiresAt <= this.now) r.row.status = 'expired';
    }
    this.sequence = Math.max(0, ...this.reservations.map(({ row }) => row?.sequence ?? 0));
    const live = this.all(({ row }) => row?.status === 'held' || row?.status === 'checkout');
    const rank = ({ row }: ModelReservation): number => (row?.status === 'checkout' ? 1e9 : 0) + (row?.sequence ?? 0);
    for (const r of live.sort((a, b) => rank(b) - rank(a))) {
      if (!r.row) continue;
      const taken = this.taken();
      if (unitsOf(r.row.units).some((unit) => taken.has(unit))) {
        if (r.row.status === 'held') r.row.status = 'released';
        continue;
      }
      const { status, ...kept } = r.row;
      r.hold = { ...kept, state: status === 'checkout' ? 'checkout' : 'held' };
      Object.assign(r, { record: 'queued', waitsUntil: null, pinnedAt: status === 'checkout' ? 0 : null });
    }
  }

  private journalPin(r: ModelReservation): void {
    if (r.row?.status !== 'held') return;
    this.journalExtension(r);
    r.row.status = 'checkout';
  }

  private journalExtension({ row, hold }: ModelReservation): void {
    if (row?.status === 'held' && hold) Object.assign(row, { expiresAt: hold.expiresAt, extensions: hold.extensions });
  }

  private expire(): void {
    const due = ({ hold }: ModelReservation): boolean =>
      hold !== null && hold.state !== 'checkout' && hold.expiresAt <= this.now;
    for (const r of this.all(due)) this.end(r, 'expired');
  }

  private end(r: ModelReservation, as: 'expired' | 'released'): void {
    r.note = as;
    this.giveBack(r, as === 'expired' && r.hold?.state === 'decided' ? 'rejected' : as);
  }

  private giveBack(r: ModelReservation, record: NonNullable<ModelReservation['record']>): void {
    Object.assign(r, { hold: null, pinnedAt: null, waitsUntil: null, record: r.record ? record : null });
  }

  private taken(): Set<string> {
    return new Set(this.reservations.flatMap(ownedBy));
  }

  /** Units a line ('1#2,3'), or null for a refusal. */
  private decide(r: ModelReservation): string[] | null {
    const taken = this.taken();
    const mine = this.all(({ customer }) => customer === r.customer);
    const owned = mine.flatMap(ownedBy);
    const room = (ordinal: number): number => {
      const ofSku = owned.filter((unit) => unit.startsWith(`${ordinal}#`)).length;
      return Math.min(MODEL.perCustomerMax - owned.length, (MODEL.skus[ordinal - 1]?.perCustomerMax ?? 99) - ofSku);
    };
    const granted = r.lines.map(({ ordinal }) => `${ordinal}#`);
    const order = [...r.lines.keys()].sort((a, b) => Number(isNamed(r, b)) - Number(isNamed(r, a)) || a - b);
    for (const i of order) {
      const { ordinal, wanted } = r.lines[i]!;
      const free = freeOf(ordinal, taken);
      const named = typeof wanted !== 'number';
      const whole = named && (new Set(wanted).size < wanted.length || wanted.some((unit) => !free.includes(unit)));
      const asked = named ? (whole ? [] : wanted) : free.slice(0, wanted);
      const fits = named && asked.length > room(ordinal) ? [] : asked.slice(0, Math.max(0, room(ordinal)));
      if (r.mode === 'all' && fits.length < (named ? wanted.length : wanted)) return null;
      granted[i] = `${ordinal}#${fits.join(',')}`;
      for (const unit of fits) {
        taken.add(`${ordinal}#${unit}`);
        owned.push(`${ordinal}#${unit}`);
      }
    }
    return unitsOf(granted).length > 0 ? granted : null;
  }
}
