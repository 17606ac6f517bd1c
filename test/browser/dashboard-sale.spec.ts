import { eventually } from '../e2e/eventually.js';
import { Site } from '../e2e/site.js';
import { AdminCalls } from '../operators.js';
import { Browsing, type Window } from './browsing.js';
import { openPlace } from './dashboard.js';

let site: Site;
let browsing: Browsing;
beforeAll(async () => {
  site = await Site.all();
  browsing = await Browsing.open();
});
afterAll(async () => {
  await browsing.close();
  await site.close();
});

async function open(path: string): Promise<Window> {
  const window = await browsing.window({ baseURL: site.url });
  await openPlace(window.page, path);
  return window;
}

describe('the sale page', () => {
  it('leads from nothing to an open sale with seats: a list with bad rows is refused row by row, then taken', async () => {
    const { page, faults } = await open('/admin');
    await page.getByRole('link', { name: 'Make a sale' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Opening night');
    await page.getByLabel('Price of one, in EUR').fill('45');
    await page.getByLabel('How many').fill('100');
    await page.getByRole('button', { name: 'Make the sale' }).click();
    await page.getByRole('heading', { name: 'Opening night' }).waitFor();
    await page.getByRole('article', { name: 'General admission' }).getByText('€45.00').waitFor();

    await page.getByLabel('Name of the SKU').fill('Stalls');
    await page.getByLabel('Price of one, in EUR').fill('90.50');
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByRole('article', { name: 'Stalls' }).getByText('€90.50').waitFor();

    await page.getByRole('button', { name: 'More for Stalls' }).click();
    await page.getByRole('menuitem', { name: 'Import seats …' }).click();
    const list = page.getByLabel('Or the list itself');
    await list.fill('label,section,row,seat\nA-1,Stalls,A,1\n,Stalls,A,2\nA-3,Stalls,A,three\nA-1,Stalls,A,4\n');
    await page.getByLabel('Reason, for the audit log').fill('the seat map');
    await page.getByRole('button', { name: 'Import them' }).click();
    await page.getByText(/Nothing was imported: 3 things are wrong/).waitFor();
    const bad = page.getByRole('region', { name: 'Rows that are wrong' }).locator('tbody tr');
    expect((await bad.allInnerTexts()).map((text) => /line \d/.exec(text)?.[0])).toEqual([
      'line 3',
      'line 4',
      'line 5',
    ]);
    await bad.filter({ hasText: 'A-3,Stalls,A,three' }).waitFor();

    await list.fill('label,section,row,seat\nA-1,Stalls,A,1\nA-2,Stalls,A,2\n');
    await page.getByRole('button', { name: 'Import them' }).click();
    await page.getByText('Units with names').waitFor();
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByLabel('Reason, for the audit log').fill('doors');
    await page.getByRole('dialog').getByRole('button', { name: 'Open' }).click();
    await page.locator('main .pill', { hasText: 'open' }).waitFor();
    const figures = page.getByRole('article', { name: 'Stalls' }).locator('dd');
    await eventually('two seats are on sale', async () => (await figures.allInnerTexts()).join() === '0,0,0,2,0,2');
    expect(faults).toEqual([]);
  });

  it('changes what there is while it is sold: capacity, blocks, a release schedule', async () => {
    const sale = await site.sale({ skus: [10] });
    const { page, faults } = await open(`/admin/sale/${sale.id}`);
    const sku = page.getByRole('article', { name: 'SKU 1' });
    const reads = (counts: string): Promise<boolean> =>
      eventually(
        `the counts are ${counts}`,
        async () => (await sku.locator('dd').allInnerTexts()).join(' ') === counts,
      );
    const finish = async (action: string): Promise<void> => {
      await page.getByLabel('Reason, for the audit log').fill('a test');
      await page.getByRole('dialog').getByRole('button', { name: action }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    };
    await sku.getByRole('button', { name: 'Capacity …' }).click();
    await page.getByLabel('Units that there are to be').fill('12');
    await finish('Change it');
    await reads('0 0 0 12 0 12');

    await sku.getByRole('button', { name: 'Block …', exact: true }).click();
    await page.getByRole('textbox', { name: 'Units' }).fill('3, 4');
    await finish('Block them');
    await reads('0 0 0 10 2 12');

    await sku.getByRole('button', { name: 'More for SKU 1' }).click();
    await page.getByRole('menuitem', { name: 'Release schedule …' }).click();
    await page.getByRole('button', { name: 'Add a time' }).click();
    await page.getByLabel('At', { exact: true }).fill('2099-01-01T20:00');
    await page.getByRole('dialog').getByLabel('Units', { exact: true }).fill('5');
    await finish('Keep them back');
    await reads('0 0 0 5 7 12');
    await sku.getByText('5 of the blocked wait for a release').waitFor();
    expect(faults).toEqual([]);
    const lines = await new AdminCalls(site).audit(sale.skus[0] ?? '');
    expect(lines.map(({ action }) => action)).toEqual(['sku.capacity', 'sku.block', 'sku.schedule']);
  });

  it('says of each field what is wrong with it', async () => {
    const sale = await site.sale({ skus: [10], closesAt: '2099-01-01T00:00:00Z' });
    const { page } = await open(`/admin/sale/${sale.id}`);
    await page.getByLabel('Opens by itself at').fill('2099-02-01T00:00');
    await page.getByLabel('Reason, for the audit log').fill('a mistake');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.field .fault, .notice.bad').first().waitFor();
  });
});
