import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { Config } from '../platform/config.js';
import { redisUnavailable } from '../platform/redis.js';
import { InventoryConnection } from './inventory-connection.js';
import { Ledger } from './ledger.js';
import { type HoldRecord, packHold, packRequest, type RequestRecord } from './records.js';
import { noteMasks, pagesOf } from './unit-pages.js';
import { keysOfEpoch, saleKey, type SaleRef } from './sale-keys.js';
import type { SkuCounts } from './sku-counters.js';

const COMMANDS_PER_PIPELINE = 2_000;

export interface SkuState {
  readonly ordinal: number;
  readonly counters: SkuCounts;
  readonly unitsPerCustomerMax: number;
  /** One character a unit, from unit 1: 1 available, 0 taken, b blocked, - withdrawn. */
  readonly units: string;
  /** The version of the stock in Postgres that this is. */
  readonly version: number;
  /** How many more units are to be withdrawn as they come back. */
  readonly excess: number;
  /** Units withdrawn here for good, which Postgres does not have withdrawn yet. */
  readonly noted: readonly number[];
}

/** The state of a sale, as Postgres has it. */
export interface SaleState {
  readonly settings: [string, string | number][];
  readonly revision: number;
  readonly layout: number;
  readonly sequence: number;
  readonly skus: SkuState[];
  readonly holds: { tail: string; hold: HoldRecord; request: RequestRecord }[];
  /** Units of each customer by SKU ordinal: held, pinned and sold. */
  readonly customerUnits: Map<string, Map<number, number>>;
  /** Reservations whose cancelled order's units are counted as available here; a fact that still tells of it is old. */
  readonly restocked: { tail: string; version: number }[];
}

/** The epoch that Redis has open for a sale, and the revision of its settings. */
export interface OpenEpoch {
  readonly epoch: number | null;
  readonly revision: number | null;
}

/** Writes a rebuilt epoch beside the present one, and opens it with one last script. */
@Injectable()
export class WriteEpoch {
  constructor(
    private readonly connection: InventoryConnection,
    private readonly ledger: Ledger,
    private readonly config: Config,
  ) {}

  /** What Redis works on for each sale; nulls where it has no state. */
  async openEpochs(sales: readonly SaleRef[]): Promise<OpenEpoch[]> {
    if (!this.connection.runId()) throw redisUnavailable();
    const pipeline = this.connection.redis.pipeline();
    for (const sale of sales) {
      pipeline.hmget(saleKey(this.config.keyPrefix, sale.key, 0, 'meta'), 'epoch', 'revision');
    }
    const replies = (await pipeline.exec()) ?? [];
    return replies.map(([error, values]) => {
      if (error) throw redisUnavailable();
      const [epoch, revision] = values as (string | null)[];
      return { epoch: numberOrNull(epoch), revision: numberOrNull(revision) };
    });
  }

  /** Ends the epoch before `epoch`: its scripts find no state from here on. */
  async close(sale: SaleRef, epoch: number): Promise<void> {
    await this.ledger.runInEpoch('close-epoch', sale, epoch, []);
  }

  /**
   * `clock` is asked last, for the fields that a new epoch's clock begins with.
   * `opened`; or not, because a newer epoch is open, or Redis restarted or lost data meanwhile.
   */
  async write(
    sale: SaleRef,
    epoch: number,
    runId: string,
    state: SaleState,
    clock: () => Promise<[string, number][]>,
  ): Promise<'opened' | 'older' | 'incomplete'> {
    const pages = state.skus.flatMap(({ ordinal, units }) => numberedFields(ordinal, pagesOf(units)));
    const notes = state.skus.flatMap(({ ordinal, noted }) => numberedFields(ordinal, noteMasks(noted)));
    await crashPoint('rebuild.keys');
    await this.send(this.commands(sale, epoch, state, { pages, notes }));
    if (this.connection.runId() !== runId) return 'incomplete';
    const counts = [state.skus.length, pages.length, state.holds.length, state.restocked.length, notes.length];
    const fields = [
      ['revision', state.revision],
      ['layout', state.layout],
      ['last', 0],
      ['sequence', state.sequence],
      ['run', runId],
      ...(await clock()),
      ...state.settings,
    ];
    await crashPoint('rebuild.open');
    const reply = await this.ledger.runInEpoch('open-epoch', sale, epoch, [...counts, ...fields.flat()]);
    if (reply.status !== 'opened') return reply.status === 'older' ? 'older' : 'incomplete';
    await crashPoint('rebuild.drop');
    await this.forget(sale, Number(reply.values[0] ?? '0'), epoch);
    return 'opened';
  }

  private commands(
    sale: SaleRef,
    epoch: number,
    state: SaleState,
    { pages, notes }: { pages: [string, string][]; notes: [string, string][] },
  ): string[][] {
    const key = (name: Parameters<typeof saleKey>[3]): string => saleKey(this.config.keyPrefix, sale.key, epoch, name);
    const commands: string[][] = [];
    for (const sku of state.skus) commands.push(['hset', key('stock'), String(sku.ordinal), packCounters(sku)]);
    for (const [field, text] of pages) commands.push(['hset', key('units'), field, text]);
    for (const [field, text] of notes) commands.push(['hset', key('withdrawn'), field, text]);
    for (const { tail, hold, request } of state.holds) {
      commands.push(['hset', key('holds'), tail, packHold(hold)]);
      commands.push(['hset', key('requests'), tail, packRequest(request)]);
      // Nobody waits for a decision on what the journal has: it reads as announced.
      commands.push(['zrem', key('queued'), tail]);
      if (hold.state === 'checkout') commands.push(['zadd', key('pins'), '0', tail]);
      else commands.push(['zadd', key('due'), String(hold.expiresAt), tail]);
    }
    for (const [customer, counts] of state.customerUnits) {
      const text = [...counts].map(([ordinal, count]) => `${ordinal}=${count}`).join(' ');
      commands.push(['hset', key('customer-units'), customer, text]);
    }
    for (const { tail, version } of state.restocked) {
      commands.push(['hset', key('restocked'), tail, String(version)]);
    }
    return commands;
  }

  private async send(commands: string[][]): Promise<void> {
    for (let from = 0; from < commands.length; from += COMMANDS_PER_PIPELINE) {
      const replies = await this.connection.redis.pipeline(commands.slice(from, from + COMMANDS_PER_PIPELINE)).exec();
      if (!replies || replies.some(([error]) => error)) throw redisUnavailable();
    }
  }

  /** The epoch before is read by nobody any more; one that died half-built lies below it. */
  private async forget(sale: SaleRef, before: number, epoch: number): Promise<void> {
    const oldest = Math.max(1, Math.min(before || epoch - 1, epoch - 1));
    const keys: string[] = [];
    for (let old = oldest; old < epoch && keys.length < 1_000; old++)
      keys.push(...keysOfEpoch(this.config.keyPrefix, sale.key, old));
    if (keys.length > 0) await this.connection.redis.unlink(...keys).catch(() => undefined);
  }
}

function numberOrNull(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Number(text);
}

/** The fields of a hash that has its texts by 'ordinal:page'. */
function numberedFields(ordinal: number, pages: Iterable<[number, string]>): [string, string][] {
  return [...pages].map(([page, text]) => [`${ordinal}:${page}`, text]);
}

/** numbered, capacity, available, held, checkout, sold, blocked, cursor, limit, version, excess; see lua/fragments/stock.lua. */
function packCounters({ units, counters, unitsPerCustomerMax, version, excess }: SkuState): string {
  const { capacity, available, held, checkout, sold, blocked } = counters;
  const given = [units.length, capacity, available, held, checkout, sold, blocked, 0, unitsPerCustomerMax];
  return [...given, version, excess].join(' ');
}
