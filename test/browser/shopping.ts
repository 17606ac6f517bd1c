import type { Locator, Page } from 'playwright-core';
import type { TestSale } from '../e2e/test-sale.js';

/** What a buyer does in the demo shop, by what they see. SKUs of test sales are called SKU 1, SKU 2, … */
export class Shopping {
  constructor(readonly page: Page) {}

  async enter(sale: TestSale): Promise<this> {
    await this.page.goto(`/shop?sale=${sale.id}`);
    await this.ticket('SKU 1')
      .getByText(/left|last one|sold out|held/i)
      .waitFor();
    return this;
  }

  ticket(name: string): Locator {
    return this.page.locator(`[data-sku="${name}"]`);
  }

  basket(): Locator {
    return this.page.getByRole('region', { name: 'Your basket' });
  }

  async choose(name: string, quantity = 1): Promise<void> {
    const more = this.page.getByRole('button', { name: `One more: ${name}` });
    for (let chosen = 0; chosen < quantity; chosen++) await more.click();
  }

  /** Asks for what is chosen, and does not wait for the answer. */
  async ask(): Promise<void> {
    await this.basket()
      .getByRole('button', { name: /^Reserve / })
      .click();
  }

  async hold(name: string, quantity = 1): Promise<void> {
    await this.choose(name, quantity);
    await this.ask();
    await this.says('Yours alone, for now');
  }

  async goToPay(): Promise<void> {
    await this.press('Pay now');
    await this.page.getByRole('heading', { name: 'Pay', exact: true }).waitFor();
  }

  async payWith(card: string): Promise<void> {
    await this.page.getByText(card, { exact: true }).click();
    await this.press(/^Pay €/);
  }

  async press(name: string | RegExp): Promise<void> {
    await this.page.getByRole('button', { name }).click();
  }

  async says(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }
}

/** Goes on with Tab until the element of this name has the focus. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const isIt = (text: string): boolean => (typeof name === 'string' ? text === name : name.test(text));
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    const text = await page.evaluate<string>(
      `(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim()`,
    );
    if (isIt(text)) return;
  }
  throw new Error(`Tab does not lead to ${String(name)}`);
}
