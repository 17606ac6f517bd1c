import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Far longer than it takes: each contender starts as a process of its own, and a busy machine takes its time. */
const PATIENCE_MS = 300_000;
/** A baseline with a count and one with an order, Holdfast with seeded reservations, an open loop, and a look into Redis. */
const ROWS = ['prisma-update', 'confirm', 'bytes', 'overload', 'shed'];

/** That it still works is all that is looked at: figures of a tenth of a second say nothing. */
it(
  'the bench runs, on the stores that it is given, and writes its table, its figures and its chart',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
    const { TEST_DATABASE_URL: BENCH_DATABASE_URL, TEST_REDIS_URL: BENCH_REDIS_URL } = process.env;
    const env = { ...process.env, BENCH_DATABASE_URL, BENCH_REDIS_URL, DATA_DIR: folder };
    const args = ['scripts/run.mjs', 'bench', '--tiny', '--only', ROWS.join(',')];
    try {
      const { stdout } = await promisify(execFile)(process.execPath, args, { env, timeout: PATIENCE_MS });
      expect(stdout).toContain('| figure');
      const { rows } = JSON.parse(readFileSync(join(folder, 'bench', 'bench.json'), 'utf8')) as {
        rows: { name: string; values: unknown[] }[];
      };
      expect(rows.map(({ name, values }) => [name, values])).toEqual(ROWS.map((name) => [name, [expect.any(Number)]]));
      expect(readFileSync(join(folder, 'bench', 'bench.html'), 'utf8')).toContain('</svg>');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  PATIENCE_MS,
);
