import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { parseReservationId, type ReservationRef } from '../inventory/reservation-ref.js';
import { Config } from '../platform/config.js';

const NAME_BYTES = 14;
const OWNER_BYTES = 4;
const MAC_BYTES = 6;

/**
 * Makes and authenticates reservation ids. An id is derived from (sale, customer, Idempotency-Key), so asking twice
 * names the same reservation; its tail is 14 bytes of name, 4 that only its customer can reproduce, and a 6-byte MAC.
 * So an id that no store knows can still be told from an invented one, and shown to nobody but its customer.
 */
@Injectable()
export class ReservationIds {
  constructor(private readonly config: Config) {}

  newKey(): string {
    return randomUUID();
  }

  /** The tail of the id: 24 bytes as base64url, 32 characters. */
  tailFor(saleKey: string, customerId: string, idempotencyKey: string): string {
    return this.tailNamed(saleKey, customerId, idempotencyKey);
  }

  /** The tail for what is held again for a payment, from the tail that has ended; no key of a buyer's leads there. */
  tailForLate(saleKey: string, customerId: string, ended: string, paymentReference: string): string {
    return this.tailNamed(saleKey, customerId, ended, paymentReference);
  }

  private tailNamed(saleKey: string, customerId: string, ...names: string[]): string {
    const name = this.digest('name', saleKey, customerId, ...names).subarray(0, NAME_BYTES);
    const head = Buffer.concat([name, this.ownerOf(name, customerId)]);
    return Buffer.concat([head, this.macOf(saleKey, head)]).toString('base64url');
  }

  /** The id taken apart, or null for one that this service never made. */
  authenticate(id: string): ReservationRef | null {
    const ref = parseReservationId(id);
    if (!ref) return null;
    const bytes = Buffer.from(ref.tail, 'base64url');
    const head = bytes.subarray(0, NAME_BYTES + OWNER_BYTES);
    return timingSafeEqual(bytes.subarray(head.length), this.macOf(ref.sale.key, head)) ? ref : null;
  }

  /** Whether the id was made for this customer; another customer passes with a chance of one in four billion. */
  isOf(ref: ReservationRef, customerId: string): boolean {
    const bytes = Buffer.from(ref.tail, 'base64url');
    const owner = bytes.subarray(NAME_BYTES, NAME_BYTES + OWNER_BYTES);
    return timingSafeEqual(owner, this.ownerOf(bytes.subarray(0, NAME_BYTES), customerId));
  }

  private ownerOf(name: Buffer, customerId: string): Buffer {
    return this.digest('owner', name.toString('base64url'), customerId).subarray(0, OWNER_BYTES);
  }

  private macOf(saleKey: string, head: Buffer): Buffer {
    return this.digest('mac', saleKey, head.toString('base64url')).subarray(0, MAC_BYTES);
  }

  /** Parts are joined by a line break, which none of them can hold. */
  private digest(...parts: string[]): Buffer {
    return createHmac('sha256', this.config.reservationIdSecret).update(parts.join('\n')).digest();
  }
}
