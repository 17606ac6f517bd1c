import { Site } from '../e2e/site.js';
import { ADMIN_KEY, STOREFRONT_KEY } from '../e2e/storefront.js';
import { Browsing, hindrances } from './browsing.js';
import { signIn } from './dashboard.js';

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

describe('the dashboard', () => {
  it('lets in whoever has an admin key, and keeps them until they sign out', async () => {
    const { page, faults } = await browsing.window({ baseURL: site.url });
    await signIn(page);
    await page.getByRole('heading', { name: 'There is no sale yet.' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Admin key').waitFor();
    await page.reload();
    await page.getByLabel('Admin key').waitFor();
    expect(faults).toEqual([]);
  });

  it.each([
    ['an unknown key', 'hf_sk_nobody_knows_this_one', /unknown, or was revoked/],
    ["a storefront's key", STOREFRONT_KEY, /takes one of scope admin/],
  ])('says what is wrong with %s, and takes the right one then', async (_which, key, said) => {
    const { page } = await browsing.window({ baseURL: site.url });
    await page.goto('/admin');
    const field = page.getByLabel('Admin key');
    await field.fill(key);
    await field.press('Enter');
    await page.getByText(said).waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await field.fill(ADMIN_KEY);
    await field.press('Enter');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  });

  it('tells somebody whose key is revoked that the session is over, and brings them back to the same page', async () => {
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const { page, faults, context } = await browsing.window({ baseURL: site.url });
    const made = await context.request.post('/v1/admin/api-keys', { headers, data: { name: 'lent', scope: 'admin' } });
    const { id, key } = (await made.json()) as { id: string; key: string };
    await context.request.post('/v1/admin/session', { headers: { authorization: `Bearer ${key}` } });
    const sale = await site.sale({ skus: [1] });
    await page.goto(`/admin/orders/${sale.id}`);
    await page.getByText('Nothing is sold yet.').waitFor();
    await context.request.delete(`/v1/admin/api-keys/${id}?reason=over`, { headers });
    await page.getByRole('heading', { name: 'Your session is over.' }).waitFor();
    expect(await hindrances(page)).toEqual([]);
    await page.getByLabel('Admin key').fill(ADMIN_KEY);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Nothing is sold yet.').waitFor();
    expect(faults).toEqual([]);
  });
});
