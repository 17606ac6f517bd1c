import { holdText, requestText, type TwinHold, type TwinLine, type TwinRequest } from './records.js';
import { type TwinSku } from './sku.js';

export const SETTINGS = {
  ...{ holdTtlMs: 10_000, checkoutTtlMs: 300_000, queueTimeoutMs: 15_000, unitsPerCustomerMax: 6 },
  ...{ extensionsMax: 2, extensionStepMs: 60_000, holdAgeMsMax: 75_000 },
} as const;
export const EPOCH = 3;

/** Who bought a unit, and under which reservation. */
interface Sold {
  customer: string;
  ordinal: string;
  unit: number;
}

/**
 * What Redis has of a sale, as a table of records and units, without counters, pages or scripts: counts are counted each
 * time they are asked for. What the scripts leave must be this, to the last character.
 */
export class Twin {
  readonly requests = new Map<string, TwinRequest>();
  readonly queued = new Map<string, number>();
  readonly indexes = new Map<string, string[]>();
  readonly holds = new Map<string, TwinHold>();
  readonly pins = new Map<string, number>();
  readonly ended = new Map<string, string>();
  readonly restocked = new Map<string, number>();
  sold: Sold[] = [];
  sequence = 0;
  revision = 0;
  settings: Record<string, string> = { status: 'open', opensAt: '', closesAt: '' };

  constructor(
    public now: number,
    readonly skus: readonly TwinSku[],
  ) {}

  sku(ordinal: string): TwinSku {
    const found = this.skus.find((sku) => sku.ordinal === ordinal);
    if (!found) throw new Error(`there is no SKU ${ordinal}`);
    return found;
  }

  status(): string {
    const { status = '', opensAt, closesAt } = this.settings;
    if (closesAt && this.now >= Number(closesAt)) return 'closed';
    return status === 'scheduled' && opensAt && this.now >= Number(opensAt) ? 'open' : status;
  }

  /** The record as a reader sees it: an undecided one waits in the queue, or the journal knows what became of it. */
  requestOf(tail: string): string {
    const request = this.requests.get(tail);
    if (!request) return '';
    const told = request.status === 'queued' && !this.holds.has(tail) && !this.queued.has(tail);
    return requestText(request, told ? 'held' : request.status);
  }

  rawRequest(tail: string): string {
    const request = this.requests.get(tail);
    return request ? requestText(request) : '';
  }

  holdOf(tail: string): string {
    const hold = this.holds.get(tail);
    return hold ? holdText(hold) : '';
  }

  /** Units of a customer that are held, pinned or sold. */
  owned(customer: string, ordinal?: string): number {
    let count = 0;
    for (const hold of this.holds.values()) if (hold.customer === customer) count += unitsIn(hold.lines, ordinal);
    for (const sold of this.sold) if (sold.customer === customer && (!ordinal || sold.ordinal === ordinal)) count++;
    return count;
  }

  inState(ordinal: string, pinned: boolean): number {
    let count = 0;
    for (const hold of this.holds.values()) if ((hold.state === 'c') === pinned) count += unitsIn(hold.lines, ordinal);
    return count;
  }

  soldOf(ordinal: string): number {
    return this.sold.filter((sold) => sold.ordinal === ordinal).length;
  }

  /** Ids of holds with a deadline, the earliest first. */
  due(until = Infinity): string[] {
    const found: [number, string][] = [];
    for (const [tail, { state, expiresAt }] of this.holds)
      if (state !== 'c' && expiresAt <= until) found.push([expiresAt, tail]);
    return found.sort(([a, x], [b, y]) => a - b || (x < y ? -1 : 1)).map(([, tail]) => tail);
  }

  close(tail: string, status: string, version: number, rejection?: string): void {
    const request = this.requests.get(tail);
    if (request) Object.assign(request, { status, version, ...(rejection !== undefined && { rejection }) });
  }

  /** Ends a hold and puts its units back. Returns how many. */
  giveBack(tail: string): number {
    const lines = this.holds.get(tail)?.lines ?? [];
    for (const { ordinal, units } of lines) for (const unit of units) this.sku(ordinal).giveBack(unit);
    this.drop(tail);
    return unitsIn(lines);
  }

  drop(tail: string): void {
    this.holds.delete(tail);
    this.pins.delete(tail);
    this.queued.delete(tail);
  }

  expire(tail: string): number {
    const { state, version } = this.holds.get(tail)!;
    const count = this.giveBack(tail);
    this.ended.set(tail, `expired ${version + 1} ${this.now}`);
    if (state === 'd') this.close(tail, 'rejected', version + 1, 'queue-timeout');
    else this.close(tail, 'expired', version + 1);
    return count;
  }

  /** Commands that need stock give back what is due first, and are called again. */
  reclaim(): boolean {
    const due = this.due(this.now).slice(0, 500);
    for (const tail of due) this.expire(tail);
    return due.length > 0;
  }
}

export function unitsIn(lines: readonly TwinLine[], ordinal?: string): number {
  let count = 0;
  for (const line of lines) if (!ordinal || line.ordinal === ordinal) count += line.units.length;
  return count;
}
