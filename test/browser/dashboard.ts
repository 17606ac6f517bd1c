import type { Page } from 'playwright-core';
import { ADMIN_KEY } from '../e2e/storefront.js';

/** The pages of the dashboard, by their paths, with their headings. */
export const PLACES = [
  ['tonight', /^sale-/],
  ['holds', 'Held inventory'],
  ['sale', /^sale-/],
  ['orders', 'Orders'],
  ['audit', 'Audit'],
  ['queues', 'Queues and ledger'],
  ['keys', 'Keys'],
] as const;

/** Opens a page of the dashboard and signs in there, by hand. */
export async function signIn(page: Page, path = '/admin'): Promise<void> {
  await page.goto(path);
  await page.getByLabel('Admin key').fill(ADMIN_KEY);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

/** Opens a page as somebody who signed in before. */
export async function openPlace(page: Page, path: string): Promise<void> {
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const answer = await page.context().request.post('/v1/admin/session', { headers });
  if (answer.status() !== 201) throw new Error(`signing in was answered ${answer.status()}`);
  await page.goto(path);
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

/** Answers the question that is open: why, and that it be done. */
export async function sayWhy(page: Page, reason: string, action: string): Promise<void> {
  await page.getByLabel('Reason, for the audit log').fill(reason);
  await page.getByRole('dialog').getByRole('button', { name: action, exact: true }).click();
}

/** `4:07` and `1:02:09` in seconds. */
export const secondsOf = (countdown: string): number =>
  countdown.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0);
