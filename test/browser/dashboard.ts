import type { Page } from 'playwright-core';
import { ADMIN_KEY } from '../e2e/storefront.js';

/** The pages of the dashboard, by their paths, with the headings that they have where there is a sale. */
export const PLACES = ['tonight', 'holds', 'sale', 'orders', 'audit', 'queues', 'keys'] as const;

/** Opens a page of the dashboard and signs in there. */
export async function signIn(page: Page, path = '/admin'): Promise<void> {
  await page.goto(path);
  await page.getByLabel('Admin key').fill(ADMIN_KEY);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}
