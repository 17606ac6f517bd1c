import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { isPassing, postgresUnavailable } from '../platform/postgres.js';
import { invalid } from '../platform/validation.js';
import { Problem } from '../problems.js';
import type { Erasure } from './customer.dto.js';
import { CustomerRequestRecords } from './customer-requests.js';
import { CustomerRows } from './customer-rows.js';
import { isPseudonym, pseudonymOf } from './pseudonym.js';

const NAMED_MAX = 100;

export interface ErasureAsked {
  readonly customerId: string;
  readonly reason: string;
  readonly actor: string;
  readonly dryRun: boolean;
}

/**
 * Erases a customer: a pseudonym stands in every store where the id stood; metadata, fingerprints and given reasons are
 * cleared. Units, sums, orders and payment references stay: the books balance as before.
 */
@Injectable()
export class EraseCustomer {
  constructor(
    private readonly rows: CustomerRows,
    private readonly requests: CustomerRequestRecords,
    private readonly config: Config,
  ) {}

  /**
   * Postgres first, then Redis; a crash in between is completed by a repeat, and a repeat of what is done is the same
   * answer. Throws customer-has-holds while something of theirs is under way, and store-unavailable: then repeat.
   */
  async erase(asked: ErasureAsked): Promise<Erasure> {
    try {
      return await this.eraseNow(asked);
    } catch (error) {
      throw isPassing(error) ? postgresUnavailable() : error;
    }
  }

  private async eraseNow({ customerId, reason, actor, dryRun }: ErasureAsked): Promise<Erasure> {
    refuseNames(customerId, reason);
    const pseudonym = pseudonymOf(customerId, this.config.reservationIdSecret);
    const names = { customerId, pseudonym };
    const [before, erased] = [await this.rows.count(customerId), await this.rows.count(pseudonym)];
    const found = await this.requests.find(names);
    const blocking = [...new Set([...(await this.rows.blocking(customerId)), ...found.blocking])].sort();
    const reservations = before.reservations + erased.reservations;
    const orders = before.orders + erased.orders;
    const counts = { reservations, orders, requests: found.count };
    if (dryRun) return { dryRun, pseudonym, ...counts, blockedBy: blocking.slice(0, NAMED_MAX) };
    if (blocking.length > 0) throw hasHolds(blocking);
    const named = before.reservations + before.orders + found.named;
    if (named > 0) {
      await this.rows.erase(names, {
        actor,
        action: 'customer.erase',
        subject: pseudonym,
        reason,
        before: { named },
        after: { named: 0, ...counts },
      });
    }
    const busy = await this.requests.erase(names);
    if (busy.length > 0) throw hasHolds(busy);
    return { dryRun, pseudonym, ...counts, blockedBy: [] };
  }
}

/** Nobody is erased from under their own payment. */
function hasHolds(ids: readonly string[]): Problem {
  return new Problem(
    'customer-has-holds',
    'Something of this customer is still under way; release it or let it end, then erase again.',
    { reservationIds: ids.slice(0, NAMED_MAX) },
  );
}

/** The audit log is never changed, so what must be forgotten may not get into it. */
function refuseNames(customerId: string, reason: string): void {
  if (isPseudonym(customerId))
    throw invalid([{ pointer: '{customerId}', detail: 'is the pseudonym of a customer who is erased already' }]);
  if (reason.includes(customerId))
    throw invalid([{ pointer: '/reason', detail: 'must not name the customer: the audit log keeps it for good' }]);
}
