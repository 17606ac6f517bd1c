import { type TwinLine, type TwinWish, wishesOf } from './records.js';
import { SETTINGS, type Twin, unitsIn } from './twin.js';

interface Short {
  ordinal: string;
  requested: number;
  gone: number[];
}

/** What hold.lua decides of one request: its lines with units, or why it is refused. */
export class Decision {
  readonly lines: TwinLine[];
  refusal = '';
  private readonly wishes: TwinWish[];

  constructor(
    private readonly twin: Twin,
    private readonly customer: string,
    private readonly nextExpiry: (ordinal: string) => string,
    request: { mode: string; queuedAt: number; lines: string },
  ) {
    this.wishes = wishesOf(request.lines);
    this.lines = this.wishes.map(({ ordinal, price, named, count }) => ({
      ...{ ordinal, price, requested: count, named: named !== null, units: [] },
    }));
    const status = twin.status();
    if (twin.now >= request.queuedAt + SETTINGS.queueTimeoutMs) this.refusal = 'queue-timeout';
    else if (status === 'paused') this.refusal = 'sale-paused';
    else if (status === 'closed') this.refusal = 'sale-closed';
    else if (status !== 'open') this.refusal = 'sale-not-open';
    else if (request.mode === 'partial') this.decidePartial();
    else this.decideAll();
  }

  private decideAll(): void {
    const { twin, customer } = this;
    const wanted = (ordinal?: string): number =>
      this.wishes.reduce((sum, wish) => sum + (!ordinal || wish.ordinal === ordinal ? wish.count : 0), 0);
    const saleMax = SETTINGS.unitsPerCustomerMax;
    if (twin.owned(customer) + wanted() > saleMax) return this.refuseLimit(saleMax);
    for (const { ordinal, customerMax } of twin.skus) {
      const count = wanted(ordinal);
      if (count > 0 && customerMax > 0 && twin.owned(customer, ordinal) + count > customerMax)
        return this.refuseLimit(customerMax, ordinal);
    }
    const seen = new Set<string>();
    const short: Short[] = [];
    for (const { ordinal, named, count } of this.wishes) {
      const gone = this.gone(ordinal, named ?? [], seen);
      if (gone.length > 0 || wanted(ordinal) > twin.sku(ordinal).count('1'))
        short.push({ ordinal, requested: count, gone });
    }
    if (short.length > 0) return this.refuseStock(short);
    this.byNameFirst((wish, line) => this.take(wish, line, wish.count));
  }

  private decidePartial(): void {
    const short: Short[] = [];
    const limits: [number, string | undefined][] = [];
    this.byNameFirst((wish, line) => {
      const { ordinal, named, count: requested } = wish;
      const sku = this.twin.sku(ordinal);
      let [room, limit, bySku]: [number, number, string | undefined] = [
        ...([SETTINGS.unitsPerCustomerMax - this.ownedNow(), SETTINGS.unitsPerCustomerMax, undefined] as const),
      ];
      const ofSku = sku.customerMax - this.ownedNow(ordinal);
      if (sku.customerMax > 0 && ofSku < room) [room, limit, bySku] = [ofSku, sku.customerMax, ordinal];
      const gone = this.gone(ordinal, named ?? [], new Set());
      const stock = named ? (gone.length === 0 ? requested : 0) : Math.min(requested, sku.count('1'));
      const count = Math.max(0, Math.min(stock, room));
      if (count > 0 && (!named || count === requested)) this.take(wish, line, count);
      else if (stock > 0) limits.push([limit, bySku]);
      else short.push({ ordinal, requested, gone });
    });
    if (unitsIn(this.lines) > 0) return;
    const [limited] = limits;
    if (limited) this.refuseLimit(...limited);
    else this.refuseStock(short);
  }

  private ownedNow(ordinal?: string): number {
    return this.twin.owned(this.customer, ordinal) + unitsIn(this.lines, ordinal);
  }

  private gone(ordinal: string, named: readonly number[], seen: Set<string>): number[] {
    return named.filter((unit) => {
      const key = `${ordinal}#${unit}`;
      const again = seen.has(key);
      seen.add(key);
      return again || !this.twin.sku(ordinal).isFree(unit);
    });
  }

  private take({ ordinal, named }: TwinWish, line: TwinLine, count: number): void {
    const sku = this.twin.sku(ordinal);
    if (named) for (const unit of named) sku.take(unit);
    line.units = named ? [...named] : Array.from({ length: count }, () => sku.takeLowest());
  }

  private byNameFirst(visit: (wish: TwinWish, line: TwinLine) => void): void {
    for (const named of [true, false])
      for (const [i, wish] of this.wishes.entries()) if ((wish.named !== null) === named) visit(wish, this.lines[i]!);
  }

  /** As the customer's index of requests has them. */
  private liveHolds(): [string, readonly TwinLine[]][] {
    return (this.twin.indexes.get(this.customer) ?? []).flatMap((tail): [string, readonly TwinLine[]][] => {
      const hold = this.twin.holds.get(tail);
      return hold ? [[tail, hold.lines]] : [];
    });
  }

  private refuseLimit(limit: number, ordinal?: string): void {
    const holds = this.liveHolds();
    const held = holds.reduce((sum, [, lines]) => sum + unitsIn(lines, ordinal), 0);
    const bought = Math.max(0, this.twin.owned(this.customer, ordinal) - held);
    this.refusal = `customer-limit-reached ${limit} ${held} ${bought} ${holds.map(([tail]) => tail).join(',')}`;
  }

  private refuseStock(short: readonly Short[]): void {
    const { twin } = this;
    // The holds of a customer who owns nothing are not looked for.
    const live = twin.owned(this.customer) > 0 ? this.liveHolds() : [];
    const own = (ordinal: string): number => live.reduce((sum, [, lines]) => sum + unitsIn(lines, ordinal), 0);
    const parts = short.map(({ ordinal, requested, gone }) => {
      const [free, taken] = [twin.sku(ordinal).count('1'), twin.inState(ordinal, false) + twin.inState(ordinal, true)];
      const others = Math.max(0, taken - own(ordinal));
      return {
        none: free + taken === 0,
        text: [ordinal, requested, free, others, this.nextExpiry(ordinal), gone.join(',')].join(':'),
      };
    });
    const code = parts.some(({ none }) => none) ? 'sold-out' : 'units-unavailable';
    this.refusal = `${code} ${parts.map(({ text }) => text).join(' ')}`;
  }
}

/** The next deadline of a hold with units of a SKU, among the 64 that end first, as the sale stands now. */
export function nextExpiryOf(twin: Twin): (ordinal: string) => string {
  const due = twin
    .due()
    .slice(0, 64)
    .map((tail) => twin.holds.get(tail)!);
  const found = new Map(
    twin.skus.map(({ ordinal }) => [ordinal, due.find(({ lines }) => unitsIn(lines, ordinal) > 0)]),
  );
  return (ordinal) => String(found.get(ordinal)?.expiresAt ?? 0);
}
