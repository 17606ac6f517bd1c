import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Site } from '../e2e/site.js';
import { ADMIN_KEY, STOREFRONT_KEY } from '../e2e/storefront.js';

/** Far longer than it takes on an idle machine: another program is started, which compiles what it runs. */
const PATIENCE_MS = 180_000;

let site: Site;

beforeAll(async () => {
  site = await Site.all();
}, PATIENCE_MS);

afterAll(() => site.close());

/** What a person types after `npm run drop --`. */
function drop(...args: string[]): Promise<{ code: number | null; said: string }> {
  const keys = { ADMIN_API_KEY: ADMIN_KEY, STOREFRONT_API_KEY: STOREFRONT_KEY };
  const child = spawn(process.execPath, ['scripts/run.mjs', 'drop', ...args], { env: { ...process.env, ...keys } });
  return new Promise((resolve) => {
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
    child.once('close', (code) => resolve({ code, said }));
  });
}

async function salesCount(): Promise<number> {
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const { body } = await site.client.send(site.url, { method: 'GET', path: '/v1/admin/sales?limit=100', headers });
  return body.items.length;
}

describe('npm run drop', () => {
  it(
    'rehearses against a service that runs, from several processes, and leaves a report',
    async () => {
      const report = join(mkdtempSync(join(tmpdir(), 'holdfast-drop-')), 'report.html');
      const { code, said } = await drop(
        ...['--url', site.url, '--buyers', '120', '--units', '30', '--over', '1s', '--generators', '2'],
        ...['--personas', 'fast-buyer=3,bot=1,releaser=1', '--pace', '0.05', '--leftovers', 'give-back'],
        ...['--report', report],
      );
      expect(said).toContain("The auditor's verdict: nothing lost, nothing sold twice");
      expect(said).toContain('Over after');
      expect(code).toBe(0);
      expect(readFileSync(report, 'utf8')).toContain('Nothing lost, nothing sold twice.');
      const figures = JSON.parse(readFileSync(report.replace('.html', '.json'), 'utf8')) as Record<string, unknown>;
      expect(figures).toMatchObject({
        counts: { arrivals: 120 },
        verdict: { passed: true },
        health: { generators: 2 },
      });
    },
    PATIENCE_MS,
  );

  it(
    'sends nothing in a dry run, and says what is wrong with a request',
    async () => {
      const before = await salesCount();
      const report = join(tmpdir(), 'holdfast-no-report.html');
      const dry = await drop('--url', site.url, '--buyers', '70', '--units', '30', '--report', report, '--dry-run');
      expect(dry).toMatchObject({ code: 0 });
      expect(dry.said).toContain('70 buyers for 30 units');
      expect(await salesCount()).toBe(before);
      expect(existsSync(report)).toBe(false);
      const wrong = await drop('--shape', 'flood');
      expect(wrong).toMatchObject({ code: 1 });
      expect(wrong.said).toContain('/shape must be one of spike, ramp, waves, steady');
    },
    PATIENCE_MS,
  );
});
