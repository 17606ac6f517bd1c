import { randomUUID, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { parseReservationId, type ReservationRef } from '../inventory/reservation-ref.js';
import { Config } from '../platform/config.js';
import { KeyedDigest } from '../platform/keyed-digest.js';

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
  private readonly digest: KeyedDigest;

  constructor(config: Config) {
    this.digest = new KeyedDigest(config.reservationIdSecret);
  }

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
    const name = this.digestOf('name', saleKey, customerId, ...names).slice(0, NAME_BYTES);
    const head = name + this.ownerOf(name, customerId);
    return base64url(head + this.macOf(saleKey, head));
  }

  /** The id taken apart, or null for one that this service never made. */
  authenticate(id: string): ReservationRef | null {
    const ref = parseReservationId(id);
    if (!ref) return null;
    const bytes = bytesOf(ref.tail);
    const head = bytes.slice(0, NAME_BYTES + OWNER_BYTES);
    return isSame(bytes.slice(head.length), this.macOf(ref.sale.key, head)) ? ref : null;
  }

  /** Whether the id was made for this customer; another customer passes with a chance of one in four billion. */
  isOf(ref: ReservationRef, customerId: string): boolean {
    const bytes = bytesOf(ref.tail);
    const owner = bytes.slice(NAME_BYTES, NAME_BYTES + OWNER_BYTES);
    return isSame(owner, this.ownerOf(bytes.slice(0, NAME_BYTES), customerId));
  }

  private ownerOf(name: string, customerId: string): string {
    return this.digestOf('owner', base64url(name), customerId).slice(0, OWNER_BYTES);
  }

  private macOf(saleKey: string, head: string): string {
    return this.digestOf('mac', saleKey, base64url(head)).slice(0, MAC_BYTES);
  }

  /** Parts are joined by a line break, which none of them can hold. */
  private digestOf(...parts: string[]): string {
    return this.digest.of(parts.join('\n'));
  }
}

// Bytes are texts of one character each here (latin1): cutting and joining them costs less than it does with Buffers.
const base64url = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('base64url');
const bytesOf = (text: string): string => Buffer.from(text, 'base64url').toString('latin1');
const isSame = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'));
