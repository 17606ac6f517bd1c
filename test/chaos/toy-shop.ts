import { seeded } from '../e2e/crowd.js';
import type { History, JournalledRow, Operation, OrderedRow, OutcomeRow, Standing, Told } from './history.js';

/** What a shop may get wrong; each is to be found by the checker. */
export const BUGS = [
  'sells a unit that is held',
  'sells a unit twice',
  'leaks what is released',
  'forgets a hold that it told of',
  'never decides a request',
  'ends a hold early',
  'ends a checkout during the payment',
  'forgets the outcome of a payment',
  'answers one payment in two ways',
  'takes the money and makes no order',
  'makes two reservations of one key',
  'ignores the limit',
  'turns a hold into a refusal',
  'tells of other units than it wrote',
  'goes back a version',
  'restocks nothing and says so',
  'holds for somebody who never asked',
  'releases what nobody gave back',
  'cancels what nobody cancelled',
] as const;

export type Bug = (typeof BUGS)[number];

const LIMIT = 4;
const UNITS = 12;
const TTL_MS = 10_000;

interface Mutable {
  row: { -readonly [K in keyof JournalledRow]: JournalledRow[K] };
  key: string;
}

/** A shop in memory, with a clock of its own and one bug at most, whose customers leave a history. Small, sequential, and meant to be wrong. */
export class ToyShop {
  private readonly operations: Operation[] = [];
  private readonly holds: Mutable[] = [];
  private readonly orders: { -readonly [K in keyof OrderedRow]: OrderedRow[K] }[] = [];
  private readonly outcomes: OutcomeRow[] = [];
  private readonly leaked = new Set<string>();
  private readonly dice: (below: number) => number;
  private now = 1_000_000;
  private count = 0;
  /** How often the bug has shown. */
  shown = 0;

  constructor(
    seed: number,
    private readonly bug: Bug | null,
  ) {
    this.dice = seeded(seed);
  }

  /** Customers come one after the other and do something at random; then all that is held runs out. */
  run(visits: number): History {
    for (let i = 0; i < visits; i++) this.visit(`c${this.dice(8)}`, `k${i}`);
    this.pass(3 * TTL_MS);
    const sold = this.orders.filter(({ restocked }) => !restocked).flatMap(({ places }) => places);
    const available = UNITS - sold.length - this.leaked.size;
    return {
      operations: this.operations,
      rows: this.holds.map(({ row }) => row),
      ...{ orders: this.orders, outcomes: this.outcomes },
      skus: [
        { id: 's', capacity: UNITS, available, held: this.leaked.size, checkout: 0, sold: sold.length, blocked: 0 },
      ],
      ...{ unitsPerCustomerMax: LIMIT, slackMs: 100, lossesAt: [] },
    };
  }

  private visit(customerId: string, key: string): void {
    this.pass(this.dice(3_000));
    const hold = this.reserve(customerId, key, 1 + this.dice(3));
    if (!hold) return;
    this.pass(this.dice(2_000));
    const course = this.dice(8);
    if (course === 0) return this.release(hold);
    if (course === 1) return this.read(hold);
    if (course < 4) this.checkout(hold);
    if (course < 7) this.pay(hold);
    if (course < 6) this.cancel(hold);
  }

  private reserve(customerId: string, key: string, quantity: number): Mutable | null {
    const id = `r${this.count++}`;
    const asked = { kind: 'reserve', customerId, key } as const;
    if (this.sick('never decides a request')) {
      this.say(asked, { id, standing: 'queued' });
      return null;
    }
    const mine = this.ownedBy(customerId);
    const free = this.freePlaces();
    const tooMany = mine + quantity > LIMIT && !this.sick('ignores the limit');
    if (tooMany || free.length < quantity) {
      this.say(asked, { id, standing: 'rejected' });
      return null;
    }
    const places = free.slice(0, quantity);
    const row = {
      id,
      customerId,
      status: 'held' as const,
      version: 2,
      places,
      heldAt: this.now,
      deadline: this.now + TTL_MS,
    };
    const hold: Mutable = { key, row: { ...row, endedAt: null, endReason: null, again: false } };
    this.holds.push(hold);
    const told = this.sick('tells of other units than it wrote') ? places.map((place) => `${place}0`) : places;
    this.say(asked, { id, standing: 'held', version: 2, places: told, deadline: row.deadline });
    this.afterReserve(hold, asked);
    return this.holds.includes(hold) ? hold : null;
  }

  private afterReserve(hold: Mutable, asked: Pick<Operation, 'kind' | 'customerId' | 'key'>): void {
    const { row } = hold;
    if (this.sick('forgets a hold that it told of')) this.holds.splice(this.holds.indexOf(hold), 1);
    if (this.sick('makes two reservations of one key'))
      this.say(asked, { id: `r${this.count++}`, standing: 'rejected' });
    if (this.sick('turns a hold into a refusal'))
      this.say({ ...asked, kind: 'read' }, { id: row.id, standing: 'rejected' });
    if (this.sick('goes back a version'))
      this.say({ ...asked, kind: 'read' }, { id: row.id, standing: 'held', version: 1, places: row.places });
    if (this.sick('releases what nobody gave back')) this.end(hold, 'released');
    if (this.sick('ends a hold early')) this.end(hold, 'expired');
    if (this.sick('holds for somebody who never asked'))
      this.holds.push({
        key: '',
        row: { ...row, id: `r${this.count++}`, customerId: 'nobody', places: [], status: 'expired' },
      });
  }

  private checkout(hold: Mutable): void {
    if (hold.row.status !== 'held') return;
    Object.assign(hold.row, { status: 'checkout', version: 3, deadline: this.now + 2 * TTL_MS });
    this.tell('checkout', hold);
    if (this.sick('ends a checkout during the payment')) this.end(hold, 'expired');
  }

  private release(hold: Mutable): void {
    if (hold.row.status === 'held') this.end(hold, 'released');
    this.tell('release', hold);
    if (hold.row.status === 'released' && this.sick('leaks what is released'))
      for (const place of hold.row.places) this.leaked.add(place);
  }

  private pay(hold: Mutable): void {
    const { row, key } = hold;
    const asked = { kind: 'confirm', customerId: row.customerId, key, reference: `pay_${row.id}` } as const;
    const orderId = `o_${row.id}`;
    if (row.status !== 'held' && row.status !== 'checkout') {
      this.say(asked, null, 'payment-late-rejected');
      this.outcomes.push({
        reservationId: row.id,
        reference: asked.reference,
        orderId: null,
        code: 'payment-late-rejected',
      });
      return;
    }
    const order = { id: orderId, reservationId: row.id, status: 'confirmed' as const, restocked: false, late: false };
    if (!this.sick('takes the money and makes no order'))
      this.orders.push({ ...order, paymentReference: asked.reference, places: row.places });
    if (!this.sick('forgets the outcome of a payment'))
      this.outcomes.push({ reservationId: row.id, reference: asked.reference, orderId, code: null });
    Object.assign(row, { status: 'confirmed', version: row.version + 1, endedAt: this.now });
    this.say(asked, { id: row.id, standing: 'confirmed', version: null, places: row.places, orderId });
    if (this.sick('answers one payment in two ways')) this.say(asked, null, 'already-confirmed');
  }

  private cancel({ row, key }: Mutable): void {
    const order = this.orders.find(({ reservationId }) => reservationId === row.id);
    if (!order) return;
    if (this.sick('cancels what nobody cancelled')) {
      Object.assign(order, { status: 'cancelled', restocked: true });
      return;
    }
    const restocked = !this.sick('restocks nothing and says so');
    Object.assign(order, { status: 'cancelled', restocked });
    const told = { id: row.id, standing: 'cancelled' as const, version: null, places: row.places, orderId: order.id };
    this.say({ kind: 'cancel', customerId: row.customerId, key, restock: true }, told);
  }

  private read(hold: Mutable): void {
    this.tell('read', hold);
  }

  /** Time goes on, and what is due ends. */
  private pass(ms: number): void {
    this.now += 1 + ms;
    for (const hold of this.holds)
      if ((hold.row.status === 'held' || hold.row.status === 'checkout') && hold.row.deadline <= this.now)
        this.end(hold, 'expired', hold.row.deadline);
  }

  private end({ row }: Mutable, status: 'released' | 'expired', at = this.now): void {
    Object.assign(row, { status, version: row.version + 1, endedAt: at, endReason: status });
  }

  private ownedBy(customerId: string): number {
    return this.owned()
      .filter((each) => each.customerId === customerId)
      .flatMap(({ places }) => places).length;
  }

  private owned(): { customerId: string; places: readonly string[] }[] {
    const standing = new Set(
      this.orders.filter(({ restocked }) => !restocked).map(({ reservationId }) => reservationId),
    );
    return this.holds
      .map(({ row }) => row)
      .filter(
        ({ status, id }) => status === 'held' || status === 'checkout' || (status === 'confirmed' && standing.has(id)),
      );
  }

  private freePlaces(): string[] {
    const isHeld = (place: string): boolean =>
      this.holds.some(({ row }) => (row.status === 'held' || row.status === 'checkout') && row.places.includes(place));
    const isSold = (place: string): boolean =>
      this.orders.some(({ restocked, places }) => !restocked && places.includes(place));
    const all = Array.from({ length: UNITS }, (_, i) => `s:${i + 1}`).filter((place) => !this.leaked.has(place));
    if (all.some(isHeld) && this.sick('sells a unit that is held')) return all.filter(isHeld).concat(all);
    if (all.some(isSold) && this.sick('sells a unit twice')) return all.filter(isSold).concat(all);
    return all.filter((place) => !isHeld(place) && !isSold(place));
  }

  /** Whether the bug strikes here: one time in three. */
  private sick(bug: Bug): boolean {
    if (this.bug !== bug || this.dice(3) > 0) return false;
    this.shown++;
    return true;
  }

  private tell(kind: Operation['kind'], { row, key }: Mutable): void {
    const { id, version, places, status, deadline, customerId } = row;
    const ends = status === 'held' || status === 'checkout' ? deadline : null;
    this.say({ kind, customerId, key }, { id, standing: status, version, places, deadline: ends });
  }

  private say(
    asked: Pick<Operation, 'kind' | 'customerId' | 'key'> & Partial<Operation>,
    told: ({ id: string; standing: Standing } & Partial<Told>) | null,
    code: string | null = null,
  ): void {
    const invokedAt = this.now++;
    const whole = told && { version: null, places: [], deadline: null, orderId: null, ...told };
    const answer = { outcome: code ? 'fail' : 'ok', code, told: whole } as const;
    this.operations.push({ reference: null, restock: null, invokedAt, endedAt: this.now++, ...answer, ...asked });
  }
}
