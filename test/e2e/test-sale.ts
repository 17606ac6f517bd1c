import { randomChars } from '../../src/platform/ids.js';
import { eventually } from './eventually.js';
import type { Answer, HttpClient, Wire } from './http-client.js';
import { ADMIN_KEY } from './storefront.js';

export interface SaleSpec {
  /** Units of each SKU, or the labels of its seats. */
  skus?: (number | string[])[];
  unitPrice?: number;
  /** Of every SKU. */
  skuUnitsPerCustomerMax?: number;
  [setting: string]: unknown;
}

/** A sale as tests name it. */
export interface TestSale {
  readonly id: string;
  readonly key: string;
  readonly skus: string[];
}

/** What an operator does with sales. */
export class Operator {
  constructor(
    private readonly client: HttpClient,
    private readonly url: string,
  ) {}

  /** An open sale, or what `command` makes of a draft. */
  async sell({ skus = [10], unitPrice = 4500, skuUnitsPerCustomerMax, ...settings }: SaleSpec): Promise<TestSale> {
    const given = {
      ...{ currency: 'EUR', ...settings },
      skus: skus.map((units, i) => ({
        name: `SKU ${i + 1}`,
        unitPrice,
        ...(typeof units === 'number' ? { capacity: units } : { units: units.map((label) => ({ label })) }),
        ...(skuUnitsPerCustomerMax && { unitsPerCustomerMax: skuUnitsPerCustomerMax }),
      })),
    };
    const draft = must(201, await this.draft(given)).body;
    await this.command(draft.id, 'open');
    return { id: draft.id, key: draft.id.slice('sale_'.length), skus: draft.skus.map(({ id }) => id) };
  }

  /** A machine that is busy may leave it open whether there is one now: then another is made, by another name. */
  private draft(given: object): Promise<Answer> {
    return eventually('a sale is made', async () => {
      const name = `sale-${randomChars(10)}`;
      const made = await this.post('', { name, slug: name, ...given });
      return made.status !== 503 && made;
    });
  }

  async command(saleId: string, command: 'open' | 'pause' | 'resume' | 'close'): Promise<Wire> {
    // A busy machine may take longer over the first rebuild than a request waits for it.
    const answer = await eventually(`the sale is told to ${command}`, async () => {
      const told = await this.tell(saleId, command);
      return told.status !== 503 && told;
    });
    return must(200, answer).body;
  }

  /** One try of a command. */
  tell(saleId: string, command: string): Promise<Answer> {
    return this.post(`/${saleId}/${command}`, { reason: 'a test' });
  }

  private post(path: string, body: unknown): Promise<Answer> {
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    return this.client.send(this.url, { method: 'POST', path: `/v1/admin/sales${path}`, headers, body });
  }
}

/** The answer, when it has the status that a test builds on. */
export function must(status: number, answer: Answer): Answer {
  if (answer.status !== status)
    throw new Error(`expected ${status}, was answered ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}
