import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { crashPoint } from '../crash-points.js';
import { saleLock } from '../inventory/in-epoch.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { codeOf, Postgres, postgresUnavailable } from '../platform/postgres.js';

const LOCK_NOT_AVAILABLE = '55P03';
/** An import of 10,000 seats takes about a second; whoever waits longer than this is told to come again. */
const PATIENCE_MS = 8_000;
/** Each keeps a connection while its work takes others: so few that they never wait for each other's. */
const SALES_AT_ONCE_MAX = 3;

/**
 * One change of a sale's stock at a time, whatever process it comes to: two that cross would leave a capacity that
 * nobody asked for. It keeps the commands in order; what keeps the books right, should the lock be lost with its
 * connection, are the epoch and the stock's version.
 */
@Injectable()
export class SupplyLock {
  /** In this process they wait for each other without a connection: by sale, and all of them for a place. */
  private readonly last = new Map<string, Promise<unknown>>();
  private readonly waiting: (() => void)[] = [];
  private under = 0;

  constructor(private readonly postgres: Postgres) {}

  /** Runs `work` with the sale's stock to itself; it gets the connection that has the lock. Throws store-unavailable when others take too long. */
  run<T>(sale: SaleRef, work: (locked: pg.PoolClient) => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
    const wait = new AbortController();
    let begun = false;
    const turn = async (): Promise<T> => {
      await this.enter();
      try {
        wait.signal.throwIfAborted();
        begun = true;
        return await this.locked(sale, work);
      } finally {
        this.leave();
      }
    };
    const mine = (this.last.get(sale.id) ?? Promise.resolve()).then(turn);
    const quiet = mine.then(noop, noop).then(() => {
      if (this.last.get(sale.id) === quiet) this.last.delete(sale.id);
    });
    this.last.set(sale.id, quiet);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        if (begun) return;
        wait.abort();
        reject(postgresUnavailable());
      }, patienceMs);
      void mine.then(resolve, reject).finally(() => clearTimeout(late));
    });
  }

  private async enter(): Promise<void> {
    if (this.under >= SALES_AT_ONCE_MAX) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.under++;
  }

  /** The place goes to whoever waits longest. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.under--;
  }

  private async locked<T>(sale: SaleRef, work: (locked: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.postgres.connect();
    const lock = saleLock(sale).replace(/, 0\)$/, ', 2)');
    const patience = performance.now() + PATIENCE_MS;
    let broken: Error | undefined;
    try {
      for (let mine = false; !mine;) {
        mine = await client.query(`SELECT pg_advisory_lock(${lock})`).then(
          () => true,
          (error: unknown) => {
            if (codeOf(error) !== LOCK_NOT_AVAILABLE) throw error;
            if (performance.now() > patience) throw postgresUnavailable();
            return false;
          },
        );
      }
      try {
        const done = await work(client);
        await crashPoint('stock.answer');
        return done;
      } finally {
        await client.query(`SELECT pg_advisory_unlock(${lock})`).catch((error: unknown) => {
          broken = error instanceof Error ? error : new Error(String(error));
        });
      }
    } finally {
      client.release(broken);
    }
  }
}

const noop = (): void => undefined;
