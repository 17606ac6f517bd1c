import { Site } from '../e2e/site.js';
import { ADMIN_KEY, STOREFRONT_KEY } from '../e2e/storefront.js';
import { Browsing } from './browsing.js';
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
});
