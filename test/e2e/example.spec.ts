import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { LESSONS } from '../../examples/refusals.js';
import { PROBLEMS } from '../../src/problems.js';
import { Cluster } from './cluster.js';
import { ADMIN_KEY, STOREFRONT_KEY } from './storefront.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start({ apis: 0, workers: 0, alls: 1 });
}, 300_000);
afterAll(() => cluster.stop());

/** `npm run example`, with what it printed; `onLine` hears each line as it comes. */
async function runExample(onLine: (line: string) => void): Promise<{ code: number; lines: string[] }> {
  const env = {
    ...process.env,
    ...{ HOLDFAST_URL: cluster.apis[0]!.url, STOREFRONT_API_KEY: STOREFRONT_KEY, ADMIN_API_KEY: ADMIN_KEY },
  };
  const child: ChildProcess = spawn(process.execPath, ['scripts/run.mjs', 'example'], { env, stdio: 'pipe' });
  const lines: string[] = [];
  let rest = '';
  const hear = (text: string): void => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      lines.push(line);
      onLine(line);
    }
  };
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', hear);
  const [code] = (await once(child, 'close')) as [number];
  return { code, lines };
}

describe('examples/storefront.ts', () => {
  it('buys twenty units, each once, over a kill -9 of the service, and meets every refusal', async () => {
    const service = cluster.apis[0]!;
    let restarted: Promise<void> | undefined;
    const { code, lines } = await runExample((line) => {
      if (line.startsWith('bought 3 of 20')) restarted = service.kill().then(() => service.start());
    });
    await restarted;
    const said = lines.join('\n');
    expect(said).toContain('every refusal was met as expected');
    expect(code).toBe(0);
    expect(lines.filter((line) => /^bought \d+ of 20: ord_\w+, unit \d+$/.test(line))).toHaveLength(20);
    const [, repeats] = /^20 orders, each unit once; (\d+) requests had to be repeated$/m.exec(said) ?? [];
    expect(Number(repeats)).toBeGreaterThan(0);
    for (const { code: problem, meet } of LESSONS) {
      const status = meet ? String(PROBLEMS[problem as keyof typeof PROBLEMS].status) : '';
      const answered = meet ? `(?:${status}|422) ${problem}` : `  - ${problem}`;
      expect(lines.filter((line) => new RegExp(`^${answered} +\\S`).test(line))).toHaveLength(1);
    }
  }, 300_000);

  it('teaches problems that exist, in their order', () => {
    const taught = LESSONS.map(({ code }) => code);
    expect(taught).toEqual(Object.keys(PROBLEMS).filter((code) => taught.includes(code)));
  });
});
