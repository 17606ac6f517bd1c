import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { type CustomerPage, type CustomerRecord, eraseRecords, recordsOf } from '../inventory/customer-records.js';
import { Ledger } from '../inventory/ledger.js';
import { reservationId } from '../inventory/reservation-ref.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import type { CustomerNames } from './customer-rows.js';

/** Records in one script call: about 1 ms of Redis. Before the next ones of a sale comes a pause as long, for the buyers. */
const RECORDS_PER_PAGE = 500;

export interface RequestsFound {
  /** Under the customer's own name, and under either. */
  readonly named: number;
  readonly count: number;
  /** Ids of requests that are undecided or held. */
  readonly blocking: string[];
}

/**
 * What Redis has of a customer. Every record is looked at: the index that a customer's list is read from has the newest
 * 50 only. A retired sale has none; one that waits for its rebuild is store-unavailable, after all others had their turn.
 */
@Injectable()
export class CustomerRequestRecords {
  constructor(
    private readonly postgres: Postgres,
    private readonly ledger: Ledger,
  ) {}

  /** Sales that may have records, in the order of their ids, from `first` on. */
  async sales(first = ''): Promise<SaleRef[]> {
    return this.postgres.query<SaleRef & Record<string, string>>(
      'SELECT id, key FROM sales WHERE epoch > 0 AND retired_at IS NULL AND id >= $1 ORDER BY id',
      [first],
    );
  }

  page(sale: SaleRef, cursor: string, customers: readonly string[]): Promise<CustomerPage> {
    return paced(() => recordsOf(this.ledger, sale, cursor, RECORDS_PER_PAGE, customers));
  }

  async find({ customerId, pseudonym }: CustomerNames): Promise<RequestsFound> {
    const ids = new Set<string>();
    const named = new Set<string>();
    const blocking = new Set<string>();
    await this.inEverySale(async (sale) => {
      let cursor = '0';
      do {
        const page = await this.page(sale, cursor, [customerId, pseudonym]);
        for (const record of page.records) {
          const id = reservationId(sale, record.tail);
          ids.add(id);
          if (record.request.customerId !== customerId) continue;
          named.add(id);
          if (isOpen(record)) blocking.add(id);
        }
        cursor = page.cursor;
      } while (cursor !== '0');
    });
    return { named: named.size, count: ids.size, blocking: [...blocking].sort() };
  }

  /** Returns ids of requests that the customer has made meanwhile: their sales are left as they are. */
  async erase(names: CustomerNames): Promise<string[]> {
    const busy: string[] = [];
    await this.inEverySale(async (sale) => {
      let cursor = '0';
      do {
        await crashPoint('erase.records');
        const page = await paced(() => eraseRecords(this.ledger, sale, cursor, RECORDS_PER_PAGE, names));
        if (page.kind === 'busy') {
          busy.push(...page.tails.map((tail) => reservationId(sale, tail)));
          return;
        }
        cursor = page.cursor;
      } while (cursor !== '0');
    });
    return [...new Set(busy)].sort();
  }

  private async inEverySale(work: (sale: SaleRef) => Promise<void>): Promise<void> {
    let later: Problem | undefined;
    for (const sale of await this.sales()) {
      try {
        await work(sale);
      } catch (error) {
        if (!(error instanceof Problem && error.code === 'store-unavailable')) throw error;
        later = error;
      }
    }
    if (later) throw later;
  }
}

function isOpen({ request, hold }: CustomerRecord): boolean {
  return hold !== null || request.status === 'queued';
}

/** Most sales have one page, and there may be very many sales: only what goes on has to make room. */
async function paced<T extends object>(call: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const reply = await call();
  const pauseMs = performance.now() - began;
  const goesOn = 'cursor' in reply && reply.cursor !== '0';
  if (goesOn) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  return reply;
}
