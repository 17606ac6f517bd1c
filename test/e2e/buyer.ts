import { eventually } from './eventually.js';
import type { Answer, Wire } from './http-client.js';
import type { ReserveAsked, Storefront } from './storefront.js';

/** How long a storefront repeats what it has no answer to. */
const PATIENCE_MS = 90_000;

/** What a buyer was told last; `refused` by the code of the problem. */
export type Standing = 'nothing' | 'queued' | 'held' | 'checkout' | 'confirmed' | 'released' | `refused: ${string}`;

/** What a client knows of one reservation, from the answers alone; the audit compares it with both stores. */
export interface Story {
  readonly customerId: string;
  readonly key: string;
  id: string | null;
  standing: Standing;
  /** 'SKU:label' of each unit, once an answer said held. */
  units: string[] | null;
  orderId: string | null;
  /** True once somebody answered 202 or 201: from then on there must be an outcome. */
  acknowledged: boolean;
}

/**
 * A buyer with a storefront that behaves as the contract asks: a 503, or a connection that breaks, is repeated with the
 * same key or reference until there is an answer. `told` hears of every acknowledgement.
 */
export class Buyer {
  readonly story: Story;

  constructor(
    private readonly shop: Storefront,
    customerId: string,
    key: string,
    private readonly told: () => void = () => undefined,
    private readonly patienceMs = PATIENCE_MS,
  ) {
    this.story = { customerId, key, id: null, standing: 'nothing', units: null, orderId: null, acknowledged: false };
  }

  /** Resolves with the decision: held or refused. */
  async reserve(saleId: string, asked: Omit<ReserveAsked, 'customerId'>): Promise<boolean> {
    const { customerId, key } = this.story;
    const answer = await this.patiently('a decision or a place in the queue', () =>
      this.shop.reserve(saleId, { ...asked, customerId }, { key, wait: 5 }),
    );
    if (answer.status === 409) return this.refused(answer.body);
    expectStatus(answer, 200, 201, 202);
    this.acknowledge(answer.body);
    if (answer.body.status === 'queued') await this.untilDecided();
    return this.story.standing === 'held';
  }

  async checkout(): Promise<void> {
    const { body } = expectStatus(await this.patiently('a pin', () => this.shop.checkout(this.id)), 200);
    this.acknowledge(body);
  }

  async extend(): Promise<void> {
    // A first try whose answer was lost may have used up the extensions.
    expectStatus(await this.patiently('an extension', () => this.shop.extend(this.id)), 200, 409);
  }

  async release(): Promise<void> {
    const { body } = expectStatus(await this.patiently('a release', () => this.shop.end(this.id)), 200);
    this.acknowledge(body);
  }

  async confirm(paymentReference = `pay_${this.id}`): Promise<void> {
    const answer = await this.patiently('an order', () => this.shop.confirm(this.id, paymentReference));
    const { body } = expectStatus(answer, 200, 201);
    if (this.story.orderId !== null && this.story.orderId !== body.id)
      throw new Error(`${this.id} was ordered as ${this.story.orderId} and as ${body.id}`);
    this.story.orderId = body.id;
    this.story.standing = 'confirmed';
    this.told();
  }

  private get id(): string {
    if (this.story.id === null) throw new Error(`${this.story.customerId} has no reservation yet`);
    return this.story.id;
  }

  private async untilDecided(): Promise<void> {
    const { body } = await this.patiently('a decision on a 202', async () => {
      const answer = await this.shop.read(this.id, { prefer: 'wait=5' });
      return answer.status === 200 && answer.body.status === 'queued' ? { ...answer, status: 503 } : answer;
    });
    if (body.status === 'rejected') this.refused({ ...(body.problem ?? body), reservationId: body.id });
    else this.acknowledge(body);
  }

  private acknowledge(body: Wire): void {
    const { story } = this;
    if (story.id !== null && story.id !== body.id) throw new Error(`${story.id} turned into ${body.id}`);
    story.id = body.id;
    story.acknowledged = true;
    if (!['queued', 'held', 'checkout', 'released'].includes(body.status))
      throw new Error(`${body.id} was ${story.standing} and is told to be ${body.status}`);
    story.standing = body.status as Standing;
    if (body.status === 'held') {
      const units = body.lines.flatMap(({ skuId, units: labels }) => labels.map((label) => `${skuId}:${label}`)).sort();
      if (story.units !== null && story.units.join() !== units.join())
        throw new Error(`${body.id} held ${story.units.join()} and now holds ${units.join()}`);
      story.units = units;
    }
    this.told();
  }

  private refused({ code, reservationId }: Wire): false {
    if (this.story.standing === 'held') throw new Error(`${this.id} was held and is refused: ${code}`);
    this.story.id ??= reservationId;
    this.story.standing = `refused: ${code}`;
    this.told();
    return false;
  }

  private patiently(what: string, call: () => Promise<Answer>): Promise<Answer> {
    const { customerId } = this.story;
    return eventually(
      `${what} for ${customerId} (${this.story.id})`,
      async () => {
        const answer = await call();
        if (answer.status === 503) throw new Error(`answered 503 ${answer.body.detail}`);
        return answer;
      },
      this.patienceMs,
    );
  }
}

function expectStatus(answer: Answer, ...good: number[]): Answer {
  if (good.includes(answer.status)) return answer;
  throw new Error(`expected ${good.join(' or ')}, was answered ${answer.status} ${JSON.stringify(answer.body)}`);
}
