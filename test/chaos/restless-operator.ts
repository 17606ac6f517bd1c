import type { Answer } from '../e2e/http-client.js';
import type { Dice } from '../e2e/shopper.js';
import { ADMIN_KEY } from '../e2e/storefront.js';
import type { TestSale } from '../e2e/test-sale.js';
import type { ChaosSystem } from './chaos-system.js';
import { pass } from './pass.js';
import type { Recorder } from './recorder.js';

const MORE_UNITS_MAX = 6;
const BLOCKED_AT_ONCE = 3;
const PATIENCE = 400;

/** Changes what there is to sell while it is sold: more and fewer units, at once or as holds end, and units kept back for a while. */
export class RestlessOperator {
  /** Changes that were made for sure. */
  changes = 0;
  private ending = false;
  private work: Promise<void> = Promise.resolve();
  private turn = 0;

  constructor(
    private readonly system: ChaosSystem,
    private readonly sale: TestSale,
    private readonly recorder: Recorder,
    private readonly dice: Dice,
  ) {}

  begin(): void {
    this.work = this.goOn();
  }

  /** Resolves when the change under way is made; nothing is kept back any more then. */
  async end(): Promise<void> {
    this.ending = true;
    await this.work;
  }

  private async goOn(): Promise<void> {
    while (!this.ending) {
      await pass(500 + this.dice(1_500));
      const skuId = this.sale.skus[this.dice(this.sale.skus.length)] ?? '';
      await (this.dice(3) === 0 ? this.keepBack(skuId) : this.changeCapacity(skuId));
    }
  }

  private async changeCapacity(skuId: string): Promise<void> {
    const sku = await this.patiently('GET', `/skus/${skuId}`);
    const capacity = Math.max(1, Number(sku?.body.capacity) + this.dice(2 * MORE_UNITS_MAX) - MORE_UNITS_MAX);
    const mode = this.dice(2) === 0 ? 'now' : 'as_holds_end';
    if (!Number.isNaN(capacity)) await this.patiently('POST', `/skus/${skuId}/capacity`, { capacity, mode });
  }

  private async keepBack(skuId: string): Promise<void> {
    const units = Array.from({ length: 1 + this.dice(BLOCKED_AT_ONCE) }, () => String(1 + this.dice(20)));
    const body = { units: [...new Set(units)] };
    await this.patiently('POST', `/skus/${skuId}/block`, body);
    await pass(this.dice(1_000));
    // Also when they were refused: a try whose answer was lost may have blocked them.
    await this.patiently('POST', `/skus/${skuId}/unblock`, body);
  }

  /** Asks until there is an answer, whichever it is. */
  private async patiently(method: string, path: string, body?: object): Promise<Answer | null> {
    const { apis } = this.system.cluster;
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const sent = { method, path: `/v1/admin${path}`, headers, ...(body && { body: { ...body, reason: 'chaos' } }) };
    for (let attempt = 0; attempt < PATIENCE; attempt++) {
      const url = apis[this.turn++ % apis.length]?.url ?? '';
      const answer = await this.system.client
        .send(url, sent)
        .catch((error: unknown) => this.recorder.unanswered(error));
      if (answer?.status === 500) this.recorder.faults.push(`${method} ${path}: 500 ${JSON.stringify(answer.body)}`);
      if (answer && answer.status < 500 && answer.status !== 429) {
        if (method === 'POST' && answer.status < 300) this.changes += 1;
        return answer;
      }
      await pass(200);
    }
    this.recorder.faults.push(`${method} ${path} was never answered`);
    return null;
  }
}
