import type { Answer, Wire } from '../e2e/http-client.js';
import { Connections } from './connections.js';
import { steadyNow, type Target } from './generator.js';
import type { Plan } from './plan.js';
import type { SaleAtHand } from './venue.js';

/** What stands in the way of a rehearsal, said so that it can be put right. */
export class CannotRehearse extends Error {}

const CONNECTIONS = 128;
const PAGE = 100;
const CLOCK_LOOKS = 5;

/** The service under rehearsal, as its storefront and its operator call it. */
export class Service {
  private readonly connections: Connections;

  constructor(private readonly target: Target) {
    this.connections = new Connections(target.url, CONNECTIONS);
  }

  get url(): string {
    return this.target.url;
  }

  asOperator(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.target.adminKey}` };
    return this.connections.send({ method, path, headers, ...(body !== undefined && { body }) });
  }

  asStorefront(method: string, path: string, body?: unknown, prefer = ''): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.target.storefrontKey}`, ...(prefer && { prefer }) };
    return this.connections.send({ method, path, headers, ...(body !== undefined && { body }) });
  }

  /** Throws CannotRehearse where the service is not there, not ready, or does not know the keys. */
  async greet(): Promise<{ version: string }> {
    const ready = await this.asOperator('GET', '/health/ready').catch((error: unknown) => {
      throw new CannotRehearse(
        `Nobody answers at ${this.url} (${String(error)}). Start the service, or correct --url.`,
      );
    });
    if (ready.status !== 200)
      throw new CannotRehearse(`${this.url}/health/ready answers ${ready.status} ${JSON.stringify(ready.body)}.`);
    await this.mayCall('admin', await this.asOperator('GET', '/v1/admin/sales?limit=1'));
    await this.mayCall('storefront', await this.asStorefront('GET', '/v1/reservations/rsv_of_nobody'));
    const { body } = await this.asOperator('GET', '/openapi.json');
    const { info } = body as unknown as { info?: { version?: string } };
    return { version: info?.version ?? 'unknown' };
  }

  /** Makes the sale of the plan and opens it. */
  async openSale({ name, skus, sale }: Plan): Promise<SaleAtHand> {
    const slug = `rehearsal-${Math.round(steadyNow()).toString(36)}`;
    const body = {
      ...{ name, slug, currency: 'EUR', ...sale, reason: 'A rehearsal' },
      skus: skus.map(({ units, ...sku }) => ({
        ...sku,
        ...(typeof units === 'number' ? { capacity: units } : { units: units.map((label) => ({ label })) }),
      })),
    };
    const { body: draft } = must(201, await this.asOperator('POST', '/v1/admin/sales', body), 'a sale is made');
    const opening = { reason: 'A rehearsal begins' };
    must(200, await this.asOperator('POST', `/v1/admin/sales/${draft.id}/open`, opening), 'the sale is opened');
    return { id: draft.id, skuIds: Object.fromEntries(skus.map(({ name: sku }, i) => [sku, draft.skus[i]?.id ?? ''])) };
  }

  /** So that nobody buys of it afterwards. */
  async closeSale(id: string): Promise<void> {
    await this.asOperator('POST', `/v1/admin/sales/${id}/close`, { reason: 'A rehearsal is over' });
  }

  /** Exact counts. */
  async stock(saleId: string): Promise<Wire> {
    return must(200, await this.asStorefront('GET', `/v1/sales/${saleId}/availability`), 'counts are read').body;
  }

  /** How far its clock is ahead of ours, by the quickest of some answers. */
  async clockAheadMs(saleId: string): Promise<number> {
    let best = { tripMs: Infinity, aheadMs: 0 };
    for (let i = 0; i < CLOCK_LOOKS; i++) {
      const askedAt = steadyNow();
      const { asOf } = (await this.stock(saleId)) as Wire & { asOf: string };
      const tripMs = steadyNow() - askedAt;
      if (tripMs < best.tripMs) best = { tripMs, aheadMs: Date.parse(asOf) - askedAt - tripMs / 2 };
    }
    return best.aheadMs;
  }

  async *orders(saleId: string): AsyncGenerator<Wire> {
    for (let cursor = ''; ;) {
      const path = `/v1/orders?saleId=${saleId}&limit=${PAGE}${cursor && `&cursor=${cursor}`}`;
      const { body } = must(200, await this.asStorefront('GET', path), 'orders are read');
      yield* body.items;
      if (body.nextCursor === null) return;
      cursor = body.nextCursor;
    }
  }

  close(): void {
    this.connections.close();
  }

  private async mayCall(scope: string, { status, body }: Answer): Promise<void> {
    if (status === 429)
      throw new CannotRehearse(
        `${this.url} answers 429 ${body.code} already. Set ADDRESS_REQUESTS_MAX=0 and KEY_REQUESTS_MAX=0 there for the rehearsal.`,
      );
    if (status === 401 || status === 403)
      throw new CannotRehearse(
        `${this.url} does not take the ${scope} key (${status} ${body.code}). Give it with --${scope}-key or ${scope.toUpperCase()}_API_KEY.`,
      );
  }
}

export function must(status: number, answer: Answer, what: string): Answer {
  if (answer.status === status) return answer;
  throw new CannotRehearse(`Before ${what} the service answered ${answer.status} ${JSON.stringify(answer.body)}`);
}
