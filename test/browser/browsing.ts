import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** A browser on a machine that is busy with other tests may take its time over anything. */
export const PATIENCE_MS = 60_000;
jest.setTimeout(240_000);

export type Scheme = 'light' | 'dark';

export interface Window {
  readonly page: Page;
  /** What the page did that its policy forbids, and what its scripts let fall; a test expects none. */
  readonly faults: readonly string[];
  readonly context: BrowserContext;
}

interface WindowOptions {
  readonly baseURL: string;
  readonly colorScheme?: Scheme;
  readonly width?: number;
  readonly height?: number;
}

/** Tells of each violation of the policy by its console's own line, which `faults` collects. */
const TELL_VIOLATIONS = `addEventListener('securitypolicyviolation', (event) =>
  console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));`;

/** Chromium without a screen, one for all windows of a test file. */
export class Browsing {
  private constructor(private readonly browser: Browser) {}

  static async open(): Promise<Browsing> {
    const executablePath = process.env['TEST_CHROMIUM_BIN'] ?? '';
    if (executablePath === '') throw new Error('no Chromium: run this with npm test, which looks for one');
    // Containers have no sandbox and little shared memory; only our own pages are opened.
    const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];
    return new Browsing(await chromium.launch({ executablePath, args, timeout: 60_000 }));
  }

  /** A window with cookies of its own: another person. English, in Berlin, so that what is shown can be told beforehand. */
  async window({ baseURL, colorScheme = 'light', width = 1440, height = 900 }: WindowOptions): Promise<Window> {
    const context = await this.browser.newContext({
      ...{ baseURL, colorScheme, viewport: { width, height }, locale: 'en-GB', timezoneId: 'Europe/Berlin' },
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript({ content: TELL_VIOLATIONS });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
    page.on('console', (line) => {
      // A request that is refused or does not arrive is a line of the browser's own; tests provoke those.
      if (line.type() === 'error' && !line.text().startsWith('Failed to load resource')) faults.push(line.text());
    });
    return { page, faults, context };
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: { readonly target: unknown[]; readonly failureSummary?: string }[];
}

/** What axe-core finds on a page that hinders somebody seriously, each with its places. */
export async function hindrances(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<{ violations: Finding[] }>(
    'axe.run(document, { resultTypes: ["violations"] })',
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
    );
}
