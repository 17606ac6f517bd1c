import { spawnSync } from 'node:child_process';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { banner, holdCommand } from '../../scripts/banner.mjs';
import { DEMO_SALE, seedDemo } from '../../scripts/demo.mjs';
import { seatPlanOf } from '../../web/shop/seat-plan.js';

interface Sale {
  id: string;
  slug: string;
  status: string;
  skus: { id: string; name: string }[];
}

/** As much of the admin API as the demo needs. */
class AdminApi {
  readonly sales: Sale[] = [];
  readonly calls: string[] = [];
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request).then((body) => response.end(JSON.stringify(body)));
  });

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage): Promise<unknown> {
    const call = `${request.method ?? ''} ${request.url ?? ''}`;
    this.calls.push(call);
    if (call.startsWith('GET /v1/admin/sales?')) return { items: this.sales };
    const body = (await json(request)) as Sale;
    if (call === 'POST /v1/admin/sales') {
      const skus = body.skus.map((sku, index) => ({ ...sku, id: `sku_${index}` }));
      this.sales.push({ ...body, id: 'sale_1', status: 'draft', skus });
    } else {
      this.sales[0]!.status = 'open';
    }
    return this.sales[0];
  }
}

describe('the demo sale', () => {
  const api = new AdminApi();
  let url: string;
  beforeAll(async () => {
    url = await api.open();
  });
  afterAll(() => {
    api.close();
  });

  it('is made and opened the first time', async () => {
    expect(await seedDemo({ url, adminKey: 'key' })).toEqual({ saleId: 'sale_1', skuId: 'sku_0' });
    expect(api.calls).toEqual([
      'GET /v1/admin/sales?limit=100',
      'POST /v1/admin/sales',
      'POST /v1/admin/sales/sale_1/open',
    ]);
  });

  it('is only looked up the next time', async () => {
    api.calls.length = 0;
    expect(await seedDemo({ url, adminKey: 'key' })).toEqual({ saleId: 'sale_1', skuId: 'sku_0' });
    expect(api.calls).toEqual(['GET /v1/admin/sales?limit=100']);
  });

  it('is opened when an earlier start was killed before it could', async () => {
    api.sales[0]!.status = 'draft';
    await seedDemo({ url, adminKey: 'key' });
    expect(api.sales[0]!.status).toBe('open');
  });

  it('stays as its operator left it', async () => {
    api.sales[0]!.status = 'paused';
    await seedDemo({ url, adminKey: 'key' });
    expect(api.sales[0]!.status).toBe('paused');
  });
});

describe('the seats of the demo sale', () => {
  it('are those that the demo shop draws', () => {
    const drawn = DEMO_SALE.skus.map(({ name }) => seatPlanOf(name)?.flat() ?? null);
    expect(drawn).toEqual(DEMO_SALE.skus.map(({ units }) => units?.map(({ label }) => label) ?? null));
  });
});

describe('the banner', () => {
  it('leads to the shop where there is one', () => {
    const [url, secrets, demo] = ['http://127.0.0.1:3000', null, null];
    expect(banner({ url, secrets, shop: true, demo, seconds: 1 })).toContain(`${url}/shop `);
    expect(banner({ url, secrets, shop: false, demo, seconds: 1 })).not.toContain('/shop');
  });
});

describe('the command of the banner', () => {
  it('is one that a shell reads as it is meant', () => {
    const command = holdCommand({ url: 'http://127.0.0.1:3000', key: 'hf_sk_1', saleId: 'sale_1', skuId: 'sku_1' });
    // In place of curl: print the arguments, each on a line.
    const { stdout } = spawnSync('sh', ['-c', command.replace(/^curl/, "printf '%s\\n'")], { encoding: 'utf8' });
    const words = stdout.trim().split('\n');
    expect(words).toContain('http://127.0.0.1:3000/v1/sales/sale_1/reservations');
    expect(words).toContain('Authorization: Bearer hf_sk_1');
    expect(JSON.parse(words.at(-1)!)).toEqual({
      customerId: expect.stringMatching(/^c_\d+$/),
      lines: [{ skuId: 'sku_1', quantity: 1 }],
    });
  });
});
