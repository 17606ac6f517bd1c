import type { Page } from 'playwright-core';
import { Site } from '../e2e/site.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import { Browsing, hindrances, type Scheme, type Window } from './browsing.js';
import { openPlace, PLACES } from './dashboard.js';

let site: Site;
let browsing: Browsing;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.all();
  browsing = await Browsing.open();
  sale = await site.sale({ skus: [10, ['A-1', 'A-2']], closesAt: '2099-01-01T00:00:00Z' });
  await site.held(sale, 'ann', 2);
  const { body: paying } = await site.held(sale, 'bob');
  must(200, await site.shop().checkout(paying.id));
  const { body: bought } = await site.held(sale, 'cal');
  must(201, await site.shop().confirm(bought.id, 'pay_cal'));
});
afterAll(async () => {
  await browsing.close();
  await site.close();
});

/** Until what it is about is there: a page that is still empty hinders nobody. */
async function untilFull(page: Page, place: string): Promise<void> {
  const full: Record<string, string> = {
    ...{ tonight: '.chart canvas', holds: '.holds-body .holds-row', sale: '.sku .stock-bar', orders: 'tbody tr' },
    ...{ audit: '.audit li', queues: 'section:last-of-type [role=status] .pill', keys: 'tbody tr' },
  };
  await page
    .locator(full[place] ?? 'h1')
    .first()
    .waitFor();
}

describe.each<[Scheme, number]>([
  ['light', 1440],
  ['dark', 390],
])('in the %s, %i pixels wide', (colorScheme, width) => {
  let window: Window;
  beforeAll(async () => {
    window = await browsing.window({ baseURL: site.url, colorScheme, width });
  });
  afterAll(() => window.context.close());

  it('nobody is kept out at the door', async () => {
    const { page, faults } = window;
    await page.goto('/admin');
    await page.getByLabel('Admin key').waitFor();
    expect(await hindrances(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it.each(PLACES)('the page %s can be used by everybody, keeps its policy, and fits', async (place, heading) => {
    const { page, faults } = window;
    await openPlace(page, `/admin/${place}/${sale.id}`);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    await untilFull(page, place);
    expect(await hindrances(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(faults).toEqual([]);
  });

  it('so can what is asked before something is done', async () => {
    const { page, faults } = window;
    await openPlace(page, `/admin/tonight/${sale.id}`);
    await page.getByRole('button', { name: 'Pause the sale' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await hindrances(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.goto(`/admin/holds/${sale.id}`);
    await page.getByRole('button', { name: 'ann' }).click();
    await page.getByRole('dialog').locator('.trace li').first().waitFor();
    expect(await hindrances(page)).toEqual([]);
    expect(faults).toEqual([]);
  });
});

/** Goes on with Tab until something has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let steps = 0; steps < 60; steps++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<string>(
      '(document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "").trim()',
    );
    if (focused.startsWith(name)) return;
  }
  throw new Error(`60 steps with Tab do not reach ${name}`);
}

it('a hold is found, looked at and released with the keyboard alone', async () => {
  await site.held(sale, 'zoe');
  const { page, faults } = await browsing.window({ baseURL: site.url });
  await openPlace(page, `/admin/tonight/${sale.id}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await tabTo(page, 'Held inventory');
  await page.keyboard.press('Enter');
  const search = page.getByLabel('Search');
  await search.waitFor();
  while (!(await page.evaluate<boolean>('document.activeElement?.type === "search"'))) await page.keyboard.press('Tab');
  await page.keyboard.type('zoe');
  await page.getByText('1 of').waitFor();
  await tabTo(page, 'zoe');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Release …' }).waitFor();
  await tabTo(page, 'Release …');
  await page.keyboard.press('Enter');
  await page.getByText('1 hold with 1 unit.').waitFor();
  await page.keyboard.type('by keyboard');
  await page.keyboard.press('Enter');
  await page.getByText('Nothing fits.').waitFor();
  await page.keyboard.press('Escape');
  expect((await site.shop().list(sale.id, '?customerId=zoe')).body.items.map(({ status }) => status)).toEqual([
    'released',
  ]);
  expect(faults).toEqual([]);
});
