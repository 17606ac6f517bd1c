import { Site } from '../e2e/site.js';
import type { TestSale } from '../e2e/test-sale.js';
import { Way } from '../e2e/way.js';
import { Browsing, hindrances, type Window } from './browsing.js';
import { Shopping, tabTo } from './shopping.js';

const WINDOWS = { holdTtlSeconds: 180, checkoutTtlSeconds: 90, extensionStepSeconds: 120, latePayment: 'refuse' };

let site: Site;
let way: Way;
let baseURL: string;
let browsing: Browsing;
let sale: TestSale;
beforeAll(async () => {
  [site, browsing] = await Promise.all([Site.all({ frozen: true, env: { DEMO_SHOP: 'true' } }), Browsing.open()]);
  way = new Way(() => site.url);
  baseURL = await way.open();
});
beforeEach(async () => {
  sale = await site.sale({ skus: [40, 1], unitsPerCustomerMax: 4, ...WINDOWS });
});
afterAll(async () => {
  await browsing.close();
  way.close();
  await site.close();
});

/** Somebody new, in a window of their own, who looks at the sale. */
async function comesIn(of = sale, options: { width?: number; colorScheme?: 'dark' } = {}) {
  const window: Window = await browsing.window({ baseURL, ...options });
  return { ...window, shop: await new Shopping(window.page).enter(of) };
}

/** Of `2:59`. */
function secondsOf(text: string | null): number {
  const [, minutes = '', seconds = ''] = /^(\d+):(\d\d)$/.exec(text ?? '') ?? [];
  return Number.parseInt(minutes, 10) * 60 + Number.parseInt(seconds, 10);
}

describe('the demo shop', () => {
  it('sells: asked for, held, prolonged, paid for, ordered', async () => {
    const { page, shop, faults } = await comesIn();
    await shop.hold('SKU 1', 2);
    await shop.ticket('SKU 1').getByText('38 left').waitFor();
    const timer = page.getByRole('timer', { name: 'Time left on your hold' });
    const before = secondsOf(await timer.textContent());
    await shop.press('More time, please');
    await shop.says('No more time to be had');
    expect(secondsOf(await timer.textContent())).toBeGreaterThan(before);
    await shop.goToPay();
    await shop.payWith('A good card');
    await page.getByRole('heading', { name: 'You are in' }).waitFor();
    expect(await page.getByRole('list', { name: 'Your tickets' }).getByRole('listitem').count()).toBe(2);
    await site.untilCounts(sale, '38 0 0 2 / 40', '1 0 0 0 / 1');
    await page.getByRole('link', { name: 'Your orders' }).click();
    await page.getByRole('link', { name: '2 × SKU 1' }).waitFor();
    expect(faults).toEqual([]);
  });

  it('gives the last unit to one of two windows, and tells the other so', async () => {
    const both = [await comesIn(), await comesIn()];
    for (const { shop } of both) await shop.choose('SKU 2');
    await Promise.all(both.map(({ shop }) => shop.ask()));
    await Promise.all(both.map(({ shop }) => shop.says(/Yours alone, for now|Others hold SKU 2/)));
    const won = await Promise.all(both.map(({ page }) => page.getByText('Yours alone, for now').isVisible()));
    expect([...won].sort()).toEqual([false, true]);
    const [winner, loser] = won[0] === true ? both : [...both].reverse();
    await loser!.shop.ticket('SKU 2').getByText('All held by others').waitFor();
    await winner!.shop.goToPay();
    await winner!.shop.payWith('A good card');
    await winner!.page.getByRole('heading', { name: 'You are in' }).waitFor();
    await loser!.shop.ticket('SKU 2').getByText('Sold out').waitFor();
    await loser!.shop.ask();
    await loser!.shop.says('SKU 2: sold out');
    await site.untilCounts(sale, '40 0 0 0 / 40', '0 0 0 1 / 1');
  });

  it('says that the operator has paused the sale, and goes on with it', async () => {
    const [looking, holding] = [await comesIn(), await comesIn()];
    await holding.shop.hold('SKU 1');
    await site.operator().command(sale.id, 'pause');
    await looking.shop.says('It goes on soon');
    expect(await looking.page.getByRole('button', { name: 'One more: SKU 1' }).isDisabled()).toBe(true);
    await holding.shop.goToPay();
    await holding.shop.payWith('A good card');
    await holding.page.getByRole('heading', { name: 'You are in' }).waitFor();
    await site.operator().command(sale.id, 'resume');
    await looking.shop.hold('SKU 1');
    await site.operator().command(sale.id, 'close');
    await looking.shop.says('What you have bought stays yours.');
  });

  it('keeps the tickets when a card is declined, and takes another', async () => {
    const { page, shop } = await comesIn();
    await shop.hold('SKU 1');
    await shop.goToPay();
    await shop.payWith('An empty card');
    await shop.says('The card was declined');
    await shop.payWith('A slow bank');
    await shop.says('which takes its time');
    await page.reload(); // whoever loads the page again goes on waiting for the same payment
    await page.getByRole('heading', { name: 'You are in' }).waitFor();
    await site.untilCounts(sale, '39 0 0 1 / 40', '1 0 0 0 / 1');
  });

  it('sends the money back that came after the window', async () => {
    const { page, shop } = await comesIn();
    await shop.hold('SKU 1');
    await shop.goToPay();
    await shop.payWith('A bank that sleeps');
    await shop.says('Your bank sleeps');
    await site.untilCounts(sale, '39 0 1 0 / 40', '1 0 0 0 / 1');
    await site.clock.advance(90_000);
    await shop.says('Your payment came too late');
    await shop.says('The money is on its way back to you.');
    await page.getByRole('link', { name: 'Back to the tickets' }).click();
    await site.untilCounts(sale, '40 0 0 0 / 40', '1 0 0 0 / 1');
  });

  it('says when the time is up, when somebody gives back, and what the limit is', async () => {
    const { shop } = await comesIn();
    await shop.hold('SKU 1', 3);
    await site.clock.advance(180_000);
    await shop.says('Your time was up');
    await shop.press('Choose again');
    await shop.hold('SKU 1');
    await shop.press('Release');
    await shop.says('Given back. Nothing was charged.');
    await shop.press('Choose again');
    await shop.choose('SKU 1', 5);
    await shop.ask();
    await shop.says('One buyer may have 4 tickets');
    await site.untilCounts(sale, '40 0 0 0 / 40', '1 0 0 0 / 1');
  });

  it('says that the connection is lost, keeps what it knows, and catches up', async () => {
    const { page, shop, faults } = await comesIn();
    await shop.hold('SKU 1');
    way.goDown();
    try {
      await shop.says('Connection lost');
      await site.held(sale, 'somebody else', 4);
    } finally {
      way.comeBack();
    }
    await page.getByText('Connection lost').waitFor({ state: 'detached' });
    await shop.ticket('SKU 1').getByText('35 left').waitFor();
    await shop.goToPay();
    way.goDown();
    try {
      await shop.says('nothing is paid twice');
    } finally {
      way.comeBack();
    }
    await page.getByText('nothing is paid twice').waitFor({ state: 'detached' });
    await shop.press('Give them back instead');
    await shop.says('Given back');
    expect(faults).toEqual([]);
  });

  it('asks again with the same key when the answer was lost, also after the page was loaded again', async () => {
    const { page, shop } = await comesIn();
    way.passed.length = 0;
    way.refuseNext = 1;
    await shop.hold('SKU 1');
    const keys = way.passed.flatMap(({ key }) => key ?? []);
    expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
    await page.reload();
    await shop.says('Yours alone, for now');
    await site.untilCounts(sale, '39 1 0 0 / 40', '1 0 0 0 / 1');
  });

  it('makes a window somebody else’s, without what the one before had', async () => {
    const { page, shop } = await comesIn();
    const name = (await page.locator('.buyer').getAttribute('title')) ?? '';
    await shop.hold('SKU 1');
    await page.getByRole('button', { name: 'Another buyer' }).click();
    await page.waitForFunction(`document.querySelector('.buyer')?.title !== ${JSON.stringify(name)}`);
    await shop.enter(sale);
    expect(await page.getByText('Yours alone, for now').count()).toBe(0);
  });

  it('can be used by keyboard alone', async () => {
    const { page } = await comesIn();
    await tabTo(page, 'One more: SKU 1');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Reserve 1 ticket');
    await page.keyboard.press('Enter');
    await page.getByText('Yours alone, for now').waitFor();
    await tabTo(page, 'Pay now');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Pay', exact: true }).waitFor();
    await tabTo(page, /^Pay €/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'You are in' }).waitFor();
  });

  it.each([
    [1440, undefined],
    [390, 'dark' as const],
  ])('hinders nobody, at %s pixels', async (width, colorScheme) => {
    const { page, shop, faults } = await comesIn(sale, { width, ...(colorScheme && { colorScheme }) });
    const found: string[] = [];
    const look = async (where: string): Promise<void> => {
      found.push(...(await hindrances(page)).map((finding) => `${where}: ${finding}`));
      if (await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth'))
        found.push(`${where}: is wider than the window`);
    };
    await look('the tickets');
    await shop.choose('SKU 1', 5);
    await shop.ask();
    await shop.says('One buyer may have 4 tickets');
    await look('a refusal');
    await page.getByRole('button', { name: 'One fewer: SKU 1' }).click();
    await shop.ask();
    await shop.says('Yours alone, for now');
    await look('a hold');
    await shop.goToPay();
    await shop.payWith('An empty card');
    await shop.says('The card was declined');
    await look('paying');
    await shop.payWith('A good card');
    await page.getByRole('heading', { name: 'You are in' }).waitFor();
    await look('an order');
    await page.getByRole('link', { name: 'Your orders' }).click();
    await page.getByRole('heading', { name: 'Your orders' }).waitFor();
    await look('the orders');
    expect(found).toEqual([]);
    expect(faults).toEqual([]);
  });
});
