import type { Answer } from '../e2e/http-client.js';
import type { Dice } from '../e2e/shopper.js';
import type { LineAsked, Storefront } from '../e2e/storefront.js';
import type { TestSale } from '../e2e/test-sale.js';
import type { Operation, Told } from './history.js';
import { pass } from './pass.js';
import { type Asked, type Recorder, steadyNow } from './recorder.js';

/** A storefront repeats what it has no answer to, with the same key or reference, for so long. */
const PATIENCE_MS = 90_000;
/** Decided by then, or something is wrong: the sale's own limit is shorter. */
const DECISION_MS_MAX = 120_000;

export interface Market {
  readonly shop: Storefront;
  readonly sale: TestSale;
  readonly recorder: Recorder;
  /** Orders beyond so many are cancelled with restock, so that a small sale goes on selling. */
  readonly ordersKeptMax: number;
  readonly ordersKept: { cancel: () => Promise<void> }[];
}

/** One customer with one cart, who does something with what it gets, and writes all of it down. */
export class ChaosBuyer {
  private id = '';
  private deadline: number | null = null;

  constructor(
    private readonly market: Market,
    private readonly dice: Dice,
    private readonly customerId: string,
    private readonly key: string,
  ) {}

  async visit(lines: LineAsked[], mode: 'all' | 'partial'): Promise<void> {
    if (!(await this.reserve(lines, mode))) return;
    if (this.dice(10) === 0) await this.reserve(lines, mode);
    await pass(this.dice(400));
    await this.decideWhatToDo();
  }

  private async decideWhatToDo(): Promise<void> {
    const course = this.dice(20);
    if (course < 3) return this.release();
    if (course < 5) return; // walks away
    if (course < 7) return this.checkout();
    if (course < 8) {
      await this.checkout();
      return this.release();
    }
    if (course < 10) await this.extend();
    if (course < 13) await this.checkout();
    if (course > 17) await this.waitPastTheDeadline();
    await this.pay();
  }

  private async reserve(lines: LineAsked[], mode: 'all' | 'partial'): Promise<boolean> {
    const { shop, sale } = this.market;
    const { customerId, key } = this;
    const wait = this.dice(3) === 0 ? 0 : 2;
    const told = await this.patiently({ kind: 'reserve' }, () =>
      shop.reserve(sale.id, { customerId, lines, mode }, { key, wait }),
    );
    if (!told) return false;
    this.id = told.id;
    const decided = told.standing === 'queued' ? await this.untilDecided() : told;
    this.deadline = decided?.deadline ?? this.deadline;
    return decided?.standing === 'held';
  }

  private async untilDecided(): Promise<Told | null> {
    const giveUpAt = steadyNow() + DECISION_MS_MAX;
    while (steadyNow() < giveUpAt) {
      const told = await this.patiently({ kind: 'read' }, () => this.market.shop.read(this.id, { prefer: 'wait=2' }));
      if (told?.standing !== 'queued') return told;
      await pass(50);
    }
    return null;
  }

  private async extend(): Promise<void> {
    const told = await this.patiently({ kind: 'extend' }, () => this.market.shop.extend(this.id));
    this.deadline = told?.deadline ?? this.deadline;
  }

  private async checkout(): Promise<void> {
    const told = await this.patiently({ kind: 'checkout' }, () => this.market.shop.checkout(this.id));
    this.deadline = told?.deadline ?? this.deadline;
    await pass(this.dice(600));
  }

  private async release(): Promise<void> {
    await this.patiently({ kind: 'release' }, () => this.market.shop.end(this.id));
  }

  private async waitPastTheDeadline(): Promise<void> {
    await pass(Math.max(0, (this.deadline ?? 0) - steadyNow()) + this.dice(3_000));
  }

  /** Some payments are told twice at once, as payment providers do; some reservations are paid for twice. */
  private async pay(): Promise<void> {
    const reference = `pay_${this.key}`;
    const confirm = (as: string): Promise<Told | null> =>
      this.patiently({ kind: 'confirm', reference: as }, () => this.market.shop.confirm(this.id, as));
    const [told] = await Promise.all([confirm(reference), this.dice(8) === 0 ? confirm(reference) : null]);
    if (this.dice(12) === 0) await confirm(`${reference}-again`);
    if (!told?.orderId) return;
    if (this.dice(8) === 0) await confirm(reference);
    await this.keepOrder(told.orderId);
  }

  private async keepOrder(orderId: string): Promise<void> {
    const { ordersKept, ordersKeptMax, shop } = this.market;
    const restock = ordersKeptMax < 1_000 || this.dice(4) > 0;
    const cancel = async (): Promise<void> => {
      await this.patiently({ kind: 'cancel', restock }, () => shop.cancel(orderId, restock));
    };
    if (this.dice(6) === 0) return cancel();
    ordersKept.push({ cancel });
    if (ordersKept.length > ordersKeptMax) await ordersKept.shift()?.cancel();
  }

  /** Asks until there is an answer. Null when it was a refusal, or there was none in time. */
  private async patiently(asked: Omit<Asked, 'customerId' | 'key'>, call: () => Promise<Answer>): Promise<Told | null> {
    const { customerId, key } = this;
    const giveUpAt = steadyNow() + PATIENCE_MS;
    let operation: Operation;
    do {
      ({ operation } = await this.market.recorder.ask({ customerId, key, ...asked }, call));
      if (operation.outcome === 'unknown') await pass(50 + this.dice(250));
    } while (operation.outcome === 'unknown' && steadyNow() < giveUpAt);
    return operation.outcome === 'ok' ? operation.told : null;
  }
}
