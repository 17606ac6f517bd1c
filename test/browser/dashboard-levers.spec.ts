import { FaultProxy } from '../chaos/fault-proxy.js';
import { eventually } from '../e2e/eventually.js';
import { Site } from '../e2e/site.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import { AdminCalls } from '../operators.js';
import { Browsing, type Window } from './browsing.js';
import { openPlace, sayWhy, secondsOf } from './dashboard.js';

let site: Site;
let browsing: Browsing;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.all();
  browsing = await Browsing.open();
});
beforeEach(async () => {
  sale = await site.sale({ skus: [10], extensionsMax: 1 });
});
afterAll(async () => {
  await browsing.close();
  await site.close();
});

async function open(place: string): Promise<Window> {
  const window = await browsing.window({ baseURL: site.url });
  await openPlace(window.page, `/admin/${place}/${sale.id}`);
  return window;
}

describe('held inventory', () => {
  it('shows a hold as it appears, counts it down, gives it back with a reason, and shows who did it', async () => {
    const window = await open('holds');
    const { page, faults } = window;
    await page.getByText('Nothing is held now.').waitFor();
    const { body: hold } = await site.held(sale, 'ann', 2);
    const row = page.getByRole('row').filter({ hasText: 'ann' });
    await row.waitFor();
    const countdown = row.locator('.countdown');
    const first = secondsOf(await countdown.innerText());
    expect(first).toBeGreaterThan(0);
    await eventually('it counts down', async () => secondsOf(await countdown.innerText()) < first);

    await page.getByRole('checkbox', { name: 'Choose the hold of ann' }).click();
    await page.getByRole('button', { name: 'Release …' }).click();
    await page.getByText('1 hold with 2 units.').waitFor();
    await sayWhy(page, 'the customer called', 'Release them');
    await page.getByText('Nothing is held now.').waitFor();
    must(200, await site.shop().read(hold.id));
    await site.untilCounts(sale, '10 0 0 0 / 10');
    const [line] = await new AdminCalls(site).audit(hold.id);
    expect(line).toMatchObject({ action: 'hold.release', reason: 'the customer called' });
    expect(faults).toEqual([]);
  });

  it('changes many at once after a dry run, and shows what came of it', async () => {
    for (const name of ['ann', 'bob', 'cal']) await site.held(sale, name);
    const window = await open('holds');
    const { page } = window;
    await page.getByText('3 holds, 3 units').waitFor();
    await page.getByRole('checkbox', { name: 'Choose all that are shown' }).click();
    await page.getByRole('button', { name: 'Extend …' }).click();
    await page.getByText('3 holds with 3 units.').waitFor();
    await page.getByLabel('By how many minutes').fill('20');
    await sayWhy(page, 'the payment provider is slow', 'Extend them');
    await page.getByText('3 of 3 holds extended.').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await eventually('each has its new deadline', async () => {
      const texts = await page.locator('.holds-body .countdown').allInnerTexts();
      return texts.length === 3 && texts.every((text) => secondsOf(text) > 1_200);
    });
  });

  it('leads to every decision about a reservation, and keeps it up to date', async () => {
    const { body: hold } = await site.held(sale, 'ann');
    const { page } = await open('holds');
    await page.getByRole('button', { name: 'ann' }).click();
    const panel = page.getByRole('dialog');
    await panel.getByText(hold.id).waitFor();
    await panel.locator('.trace li').first().waitFor();
    const before = await panel.locator('.trace li').count();
    must(200, await site.shop().extend(hold.id));
    await eventually('the trace goes on', async () => (await panel.locator('.trace li').count()) > before);
  });
});

describe('tonight', () => {
  it('shows numbers that add up, pauses the sale and resumes it', async () => {
    await site.held(sale, 'ann', 3);
    const window = await open('tonight');
    const { page, faults } = window;
    const total = page.getByRole('region', { name: 'All of it' }).locator('dd');
    await eventually('the hold is in the figures', async () => (await total.allInnerTexts())[2] === '3');
    const [sold, checkout, held, available, blocked, capacity] = (await total.allInnerTexts()).map(Number);
    expect([sold, checkout, held, available, blocked]).toEqual([0, 0, 3, 7, 0]);
    expect(capacity).toBe(10);

    await page.getByRole('button', { name: 'Pause the sale' }).click();
    await sayWhy(page, 'the hall is full', 'Pause the sale');
    await page.locator('main .pill', { hasText: 'paused' }).waitFor();
    const body = { customerId: 'bob', lines: [{ skuId: sale.skus[0] ?? '', quantity: 1 }] };
    expect((await site.shop().reserve(sale.id, body, { wait: 10 })).body.code).toBe('sale-paused');

    await page.getByRole('button', { name: 'Resume the sale' }).click();
    await sayWhy(page, 'go on', 'Resume the sale');
    await page.locator('main .pill', { hasText: 'open' }).waitFor();
    await site.held(sale, 'bob');
    expect(faults).toEqual([]);
  });
});

describe('a lost connection', () => {
  it('is said, and when it is back nothing is missing', async () => {
    const network = await FaultProxy.open(site.url);
    try {
      await site.held(sale, 'ann');
      const { page } = await browsing.window({ baseURL: new URL(network.reroute(site.url)).origin });
      await openPlace(page, `/admin/holds/${sale.id}`);
      await page.getByRole('row').filter({ hasText: 'ann' }).waitFor();
      network.strike({ kind: 'cut' });
      await page.getByText('Connection lost.').waitFor();
      await site.held(sale, 'bob');
      await site.held(sale, 'cal');
      network.heal();
      await page.getByText('Connected again.').waitFor();
      for (const name of ['ann', 'bob', 'cal']) await page.getByRole('row').filter({ hasText: name }).waitFor();
      // Left before the network is taken away, so that nothing hangs on it.
      await page.close();
    } finally {
      await network.close();
    }
  });
});
