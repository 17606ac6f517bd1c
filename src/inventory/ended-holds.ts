import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { type By, unpackBy } from './by.js';
import { redisUnavailable } from '../platform/redis.js';
import { Epochs } from './epochs.js';
import { InventoryConnection } from './inventory-connection.js';
import type { EndedInRedis } from './journal.js';
import { saleKey, type SaleRef } from './sale-keys.js';

/** A hold whose deadline moved, and with which version. */
export interface ExtendedInRedis {
  readonly tail: string;
  readonly version: number;
  readonly by?: By | undefined;
}

/** What Postgres may not have yet. */
export interface Unjournalled {
  readonly epoch: number;
  readonly ended: EndedInRedis[];
  readonly extended: ExtendedInRedis[];
}

/** Holds that ended in Redis and whose rows Postgres may still have as held: read, journalled, then forgotten. */
@Injectable()
export class EndedHolds {
  constructor(
    private readonly connection: InventoryConnection,
    private readonly epochs: Epochs,
    private readonly config: Config,
  ) {}

  async read(sale: SaleRef, limit: number): Promise<Unjournalled> {
    const { epoch } = await this.epochs.current(sale);
    if (!this.connection.runId()) throw redisUnavailable();
    const [, entries] = await this.connection.redis.hscan(this.key(sale, epoch), 0, 'COUNT', limit);
    const ended: EndedInRedis[] = [];
    const extended: ExtendedInRedis[] = [];
    for (let i = 0; i < entries.length; i += 2) {
      const [tail = '', extension] = (entries[i] ?? '').split(':');
      const note = entries[i + 1] ?? '';
      if (extension === undefined) ended.push(endOf(tail, note));
      else extended.push(extensionOf(tail, note));
    }
    return { epoch, ended, extended };
  }

  /** How these ended, where Postgres may not have it yet; undefined for the others. */
  async of(sale: SaleRef, epoch: number, tails: readonly string[]): Promise<(EndedInRedis | undefined)[]> {
    const { redis } = this.connection;
    const notes = await redis.hmget(this.key(sale, epoch), ...tails).catch(() => {
      throw redisUnavailable();
    });
    return tails.map((tail, i) => (notes[i] ? endOf(tail, notes[i]) : undefined));
  }

  async forget(sale: SaleRef, { epoch, ended, extended }: Unjournalled): Promise<void> {
    if (ended.length + extended.length === 0) return;
    const fields = [...ended.map(({ tail }) => tail), ...extended.map(({ tail }) => `${tail}:extended`)];
    await this.connection.redis.hdel(this.key(sale, epoch), ...fields);
  }

  private key(sale: SaleRef, epoch: number): string {
    return saleKey(this.config.keyPrefix, sale.key, epoch, 'ended');
  }
}

/** As lua/fragments/returns.lua notes it: status, version, when, and of a release who asked and why. */
function endOf(tail: string, note: string): EndedInRedis {
  const [, status, version, endedAt, by = ''] = /^(\w+) (\d+) (\d+) ?(.*)$/s.exec(note) ?? [];
  const word = status === 'released' ? 'released' : 'expired';
  return { tail, status: word, version: Number(version), endedAt: Number(endedAt), by: unpackBy(by) };
}

/** As lua/extend.lua notes it: version, who asked and why. */
function extensionOf(tail: string, note: string): ExtendedInRedis {
  const [, version, by = ''] = /^(\d+) ?(.*)$/s.exec(note) ?? [];
  return { tail, version: Number(version), by: unpackBy(by) };
}
