import { acceptRequests } from '../src/inventory/accept.js';
import type { JournalledHold, JournalWord } from '../src/inventory/journal.js';
import type { JournalRow } from '../src/inventory/journal-row.js';
import type { LedgerReply, ScriptName } from '../src/inventory/ledger.js';
import {
  type HoldRecord,
  type Mode,
  packHeldLines,
  type RequestRecord,
  unpackHold,
  unpackRequest,
} from '../src/inventory/records.js';
import { reservationId } from '../src/inventory/reservation-ref.js';
import { saleKey, saleKeys, type SALE_KEYS } from '../src/inventory/sale-keys.js';
import { holdUnits } from '../src/inventory/hold.js';
import { Problem } from '../src/problems.js';
import { expectBalanced, expectSupplied, type LedgerState, stateOf } from './ledger-balance.js';
import type { LedgerHarness } from './ledger-harness.js';
import { linesOf, ownedText } from './ledger-lines.js';

export interface SkuSpec {
  units: number;
  perCustomerMax?: number;
  withdrawn?: number[];
  blocked?: number[];
}

/** What a test says of its sale; the rest is ordinary. Times are offsets in ms from now. */
export interface SaleSpec {
  skus: SkuSpec[];
  status?: 'scheduled' | 'open' | 'paused' | 'closed';
  opensInMs?: number;
  closesInMs?: number;
  perCustomerMax?: number;
  holdTtlSeconds?: number;
  queueTimeoutSeconds?: number;
  extensionsMax?: number;
  holdAgeSecondsMax?: number;
}

/** A request of a test: lines such as '1x2' (two of SKU 1) or '2#7,8' (units 7 and 8 of SKU 2), by spaces. */
export interface Ask {
  id: string;
  lines: string;
  customer?: string;
  mode?: Mode;
}

export type SaleKeyName = (typeof SALE_KEYS)[number];
export const CHECKOUT_TTL_MS = 300_000;
export const EXTENSION_STEP_MS = 60_000;

const INSERT_SALE = `INSERT INTO sales (id, key, slug, name, currency, status, opens_at, closes_at, closed_at, hold_ttl_seconds,
    checkout_ttl_seconds, queue_timeout_seconds, units_per_customer_max, extensions_max, extension_step_seconds, hold_age_seconds_max)
  VALUES ($1, $2, $2, 'A sale', 'EUR', $3::"SaleStatus", $4, $5, CASE WHEN $3 = 'closed' THEN ledger_now() END, $6, $7, $8, $9, $10, $11, $12)`;
const INSERT_WITHDRAWN = `INSERT INTO withdrawn_units (sku_id, unit_no, reason, version)
  SELECT $1, unit, $3::"WithdrawnReason", 1 FROM unnest($2::int[]) AS unit`;

/** One sale under test: every step of a reservation's life in one call, answers as short text. */
export class LedgerSale {
  readonly id: string;

  constructor(
    readonly harness: LedgerHarness,
    readonly key: string,
  ) {
    this.id = `sale_${key}`;
  }

  async write(spec: SaleSpec): Promise<void> {
    const { postgres, now } = this.harness;
    const at = (inMs: number | undefined): Date | null => (inMs === undefined ? null : new Date(now + inMs));
    await postgres.query(INSERT_SALE, [
      ...[
        this.id,
        this.key,
        spec.status ?? 'open',
        at(spec.opensInMs),
        at(spec.closesInMs),
        spec.holdTtlSeconds ?? 600,
      ],
      ...[
        CHECKOUT_TTL_MS / 1_000,
        spec.queueTimeoutSeconds ?? 30,
        spec.perCustomerMax ?? null,
        spec.extensionsMax ?? 1,
      ],
      ...[EXTENSION_STEP_MS / 1_000, spec.holdAgeSecondsMax ?? 3_600],
    ]);
    for (const [i, sku] of spec.skus.entries()) {
      const skuId = this.skuId(i + 1);
      await postgres.query(
        `INSERT INTO skus (id, sale_id, ordinal, name, unit_price, units_per_customer_max, numbered) VALUES ($1, $2, $3, 'A SKU', $4, $5, $6)`,
        [skuId, this.id, i + 1, 1_000 * (i + 1), sku.perCustomerMax ?? null, sku.units],
      );
      await postgres.query(INSERT_WITHDRAWN, [skuId, sku.withdrawn ?? [], 'capacity']);
      await postgres.query(INSERT_WITHDRAWN, [skuId, sku.blocked ?? [], 'block']);
    }
  }

  skuId(ordinal: number): string {
    return `sku_${this.key}${String(ordinal).padStart(2, '0')}`;
  }

  /** Tails have one length; a test's names are short. */
  tail(id: string): string {
    return id.padEnd(32, '_');
  }

  rowId(id: string): string {
    return reservationId(this, this.tail(id));
  }

  // ----- the clock and the guardian

  /** Lets the guardian look; a rebuild resets the clock's last value, and the test's clock is put back. */
  async rebuild(): Promise<number> {
    const rebuilt = await this.harness.guardian.runOnce();
    await this.setClock(this.harness.now);
    return rebuilt;
  }

  advance(ms: number): Promise<void> {
    return this.setClock(this.harness.now + ms);
  }

  async setClock(now: number): Promise<void> {
    await this.harness.setClock(now);
    const { redis } = this.harness.connection;
    if ((await redis.exists(this.redisKey('meta'))) === 1) await redis.hset(this.redisKey('meta'), 'last', now);
  }

  /** What a restarted or emptied Redis has of the sale: nothing, records and queue included. */
  async loseRedis(): Promise<void> {
    await this.harness.connection.redis.unlink(
      ...saleKeys(this.harness.config.keyPrefix, this.key, await this.epoch()),
    );
    this.harness.epochs.forget(this);
  }

  async epoch(): Promise<number> {
    const [row] = await this.harness.postgres.query<{ epoch: number }>('SELECT epoch FROM sales WHERE id = $1', [
      this.id,
    ]);
    return row?.epoch ?? 0;
  }

  /** Keys that outlive an epoch are the same in each. */
  redisKey(name: SaleKeyName, epoch = 1): string {
    return saleKey(this.harness.config.keyPrefix, this.key, epoch, name);
  }

  // ----- the scripts

  /** A script's raw answer under the present epoch. */
  async run(name: ScriptName, ...args: (string | number)[]): Promise<string[]> {
    const { status, values } = await this.runIn(await this.epoch(), name, ...args);
    return [status, ...values];
  }

  runIn(epoch: number, name: ScriptName, ...args: (string | number)[]): Promise<LedgerReply> {
    return this.harness.ledger.runInEpoch(name, this, epoch, args);
  }

  /** 'queued', or 'known <status> <state of the hold>'. */
  async accept(...asks: Ask[]): Promise<string[]> {
    const commands = asks.map(({ id, lines, customer = 'ann', mode = 'all' }) => ({
      ...{ tail: this.tail(id), customerId: customer, mode, lines: linesOf(lines) },
      ...{ fingerprint: `print-${lines}`, requestId: `req-${id}`, metadata: null, keyed: false },
    }));
    const answers = await acceptRequests(this.harness.ledger, this, commands);
    return answers.map((answer) => {
      if (answer.kind === 'queued') return 'queued';
      const status = answer.request === '' ? '-' : unpackRequest(answer.request).status;
      return `known ${status} ${answer.hold === '' ? '-' : unpackHold(answer.hold).state}`;
    });
  }

  /** 'decided 1#1,2', 'refused sold-out …', 'ended', … in the order of the ids. */
  async hold(...ids: string[]): Promise<string[]> {
    const { decisions } = await holdUnits(
      this.harness.ledger,
      this,
      ids.map((id) => this.tail(id)),
    );
    return decisions.map(({ word, hold, request }) => {
      if (hold !== '') return `${word} ${ownedText(unpackHold(hold))}`;
      return word === 'refused' ? `refused ${unpackRequest(request).rejection}` : word;
    });
  }

  async decide(...asks: Ask[]): Promise<string[]> {
    await this.accept(...asks);
    return this.hold(...asks.map(({ id }) => id));
  }

  async journal(...ids: string[]): Promise<JournalWord[]> {
    const holds: JournalledHold[] = [];
    for (const id of ids) holds.push(await this.journalled(id));
    return this.harness.journal.insert(this, await this.epoch(), holds);
  }

  /** A hold as a worker would journal it. */
  async journalled(id: string): Promise<JournalledHold> {
    const hold = await this.holdOf(id);
    const request = await this.requestOf(id);
    if (!hold || !request) throw new Error(`${id} has no hold to journal`);
    return { tail: this.tail(id), hold, request };
  }

  async announce(...ids: string[]): Promise<string[]> {
    const args: (string | number)[] = [];
    for (const id of ids) args.push(this.tail(id), (await this.holdOf(id))?.version ?? 2);
    const [, ...words] = await this.run('announce', ...args);
    return words;
  }

  /** Asks, decides, journals and announces; the answers of the decision. */
  async reserve(...asks: Ask[]): Promise<string[]> {
    const answers = await this.decide(...asks);
    const decided = asks.filter((_, i) => answers[i]?.startsWith('decided')).map(({ id }) => id);
    if (decided.length > 0) {
      await this.journal(...decided);
      await this.announce(...decided);
    }
    return answers;
  }

  /** Pins in Redis and in Postgres. */
  async pin(id: string): Promise<string> {
    const [word = '', text = ''] = await this.run('pin', this.tail(id));
    if (word === 'pinned') await this.harness.journal.pin(this, await this.epoch(), this.tail(id), unpackHold(text));
    return word === 'pinned' ? word : `${word} ${text}`.trim();
  }

  /** Confirms in Postgres; the version to settle with. */
  async confirm(id: string, paymentReference = `pay-${id}`): Promise<number> {
    const payment = { reservationId: this.rowId(id), paymentReference, amount: null, currency: null };
    const outcome = await this.harness.confirm.confirm(payment);
    if (outcome.kind !== 'ordered') throw new Error(`${id} was not ordered: ${JSON.stringify(outcome)}`);
    return (await this.row(id))?.version ?? 0;
  }

  /** From a hold that was told of to units that are sold. */
  async sell(id: string): Promise<void> {
    await this.pin(id);
    await this.run('settle', this.tail(id), await this.confirm(id));
  }

  /** Cancels the order in Postgres: 'cancelled', or why not. */
  async cancel(id: string, restock: boolean): Promise<string> {
    const orderId = (await this.row(id))?.order_id ?? 'ord_none';
    const cancellation = { restock, reason: 'a test', actor: 'admin:a-test' };
    const refusal = await this.harness.cancels.cancel(orderId, cancellation).catch((error: unknown) => error);
    if (!(refusal instanceof Problem)) return 'cancelled';
    const { reason } = refusal.extensions;
    return typeof reason === 'string' ? reason : refusal.code;
  }

  /** Puts a cancelled order's units back on sale in Redis, as the relay does. */
  async restock(id: string, heldAs = id): Promise<string[]> {
    const row = await this.row(id);
    const [customer, lines] = [row?.customer_id ?? 'ann', packHeldLines(row?.lines ?? [])];
    return this.run('restock', this.tail(id), row?.version ?? 9, this.tail(heldAs), customer, lines);
  }

  // ----- what is there

  async holdOf(id: string): Promise<HoldRecord | null> {
    const text = await this.harness.connection.redis.hget(this.redisKey('holds', await this.epoch()), this.tail(id));
    return text ? unpackHold(text) : null;
  }

  async requestOf(id: string): Promise<RequestRecord | null> {
    const text = await this.harness.connection.redis.hget(this.redisKey('requests'), this.tail(id));
    return text ? unpackRequest(text) : null;
  }

  row(id: string): Promise<JournalRow | null> {
    return this.harness.journal.find(this.rowId(id));
  }

  /** 'available held checkout sold blocked / capacity' of each SKU, as a line of text. */
  async counts(): Promise<string[]> {
    const skus = await this.harness.stock.read(this);
    return skus.map((s) => `${s.available} ${s.held} ${s.checkout} ${s.sold} ${s.blocked} / ${s.capacity}`);
  }

  state(): Promise<LedgerState> {
    return stateOf(this);
  }

  supplied(): Promise<void> {
    return expectSupplied(this);
  }

  balanced(): Promise<LedgerState> {
    return expectBalanced(this);
  }
}
