import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A small project with one violation seeded for each rule: [file, its import, the rule that must object]. */
const VIOLATIONS = [
  ['src/platform/clock.ts', '../sales/price.js', 'platform-imports-only-itself'],
  ['src/access/caller.ts', '../sales/price.js', 'access-imports-only-what-it-builds-on'],
  ['src/inventory/ledger.ts', '../sales/price.js', 'inventory-imports-only-what-it-builds-on'],
  ['src/events/relay.ts', '../sales/price.js', 'events-imports-only-what-it-builds-on'],
  ['src/sales/sale.ts', '../reservations/intake.js', 'sales-imports-only-what-it-builds-on'],
  ['src/reservations/hold.ts', '../checkout/pin.js', 'reservations-imports-only-what-it-builds-on'],
  ['src/checkout/confirm.ts', '../expiry/sweep.js', 'checkout-imports-only-what-it-builds-on'],
  ['src/expiry/due.ts', '../checkout/pin.js', 'expiry-imports-only-what-it-builds-on'],
  ['src/reconcile/guardian.ts', '../admin/audit.js', 'reconcile-imports-only-what-it-builds-on'],
  ['src/forgetting/age.ts', '../expiry/sweep.js', 'forgetting-imports-only-what-it-builds-on'],
  ['src/demo-shop/pay.ts', '../sales/price.js', 'demo-shop-imports-only-what-it-builds-on'],
  ['src/expiry/keys.ts', 'ioredis', 'redis-client-behind-the-inventory'],
  ['src/sales/jobs.ts', 'bullmq', 'bullmq-at-the-edges'],
  ['src/sales/rows.ts', 'pg', 'one-postgres-client'],
  ['src/sales/answer.ts', 'fastify', 'http-server-at-the-edges'],
  ['src/sales/token.ts', 'jose', 'tokens-are-read-in-access'],
  ['scripts/early.mjs', 'pg', 'scripts-need-nothing-installed'],
  ['src/sales/a.ts', './b.js', 'no-cycles'],
  ['src/sales/page.ts', './sales.controller.js', 'nothing-imports-an-entry'],
  ['src/sales/wiring.ts', './sales.module.js', 'modules-only-in-modules'],
  ['src/problems.ts', './sales/price.js', 'problems-are-pure'],
  ['src/sales/borrowed.ts', '../../test/fake.js', 'source-needs-no-tests-or-scripts'],
  ['src/sales/broken.ts', './missing.js', 'imports-lead-somewhere'],
] as const;

/** What must pass, beside the seeded violations. */
const ALLOWED = [
  ['src/inventory/redis-reads.ts', 'ioredis'],
  ['src/reservations/result-channel.ts', 'ioredis'],
  ['src/reservations/reserve.worker.ts', 'bullmq'],
  ['src/platform/postgres.ts', 'pg'],
  ['src/checkout/late.ts', '../reservations/intake.js'],
  ['src/expiry/expiry.module.ts', '../checkout/pin.js'],
  ['src/main.ts', './sales/sales.module.js'],
  ['src/sales/b.ts', './a.js'],
] as const;

const TARGETS = [
  ...['sales/price', 'sales/sales.controller', 'sales/sales.module', 'reservations/intake', 'checkout/pin'],
  ...['expiry/sweep', 'admin/audit', 'dead'],
].map((name) => `src/${name}.ts`);

interface Report {
  summary: { violations: { from: string; to: string; rule: { name: string } }[] };
}

describe('the import rules', () => {
  let project: string;
  let found: string[];

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  };

  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'holdfast-imports-'));
    cpSync('tsconfig.json', join(project, 'tsconfig.json'));
    const packages = ['ioredis', 'bullmq', 'pg', 'fastify', 'jose'];
    for (const name of packages) {
      write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'main.js' }));
      write(`node_modules/${name}/main.js`, 'module.exports = {};\n');
    }
    const dependencies = Object.fromEntries(packages.map((name) => [name, '1.0.0']));
    write('package.json', JSON.stringify({ name: 'seeded', type: 'module', dependencies }));
    for (const path of [...TARGETS, 'test/fake.ts']) write(path, 'export const one = 1;\n');
    for (const [path, wanted] of [...VIOLATIONS, ...ALLOWED]) {
      write(path, `import * as wanted from '${wanted}';\nexport const used = wanted;\n`);
    }
    found = cruise().map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`);
  }, 60_000);

  afterAll(() => rmSync(project, { recursive: true, force: true }));

  /** dependency-cruiser ends with an error when it finds errors; its report is on standard output all the same. */
  function cruise(): Report['summary']['violations'] {
    const program = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const rules = resolve('.dependency-cruiser.mjs');
    const args = [program, '--config', rules, '--output-type', 'json', '--no-progress', 'src', 'scripts'];
    try {
      return violationsIn(execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8', stdio: 'pipe' }));
    } catch (error) {
      return violationsIn((error as { stdout: string }).stdout);
    }
  }

  function violationsIn(json: string): Report['summary']['violations'] {
    return (JSON.parse(json) as Report).summary.violations;
  }

  it.each(VIOLATIONS)('stop %s from importing %s (%s)', (path, _wanted, rule) => {
    expect(found.filter((line) => line.startsWith(`${rule}: ${path} → `))).not.toEqual([]);
  });

  it('find a file that main.ts does not reach', () => {
    expect(found).toContain('no-dead-files: src/dead.ts → src/dead.ts');
  });

  it.each(ALLOWED)('let %s import %s', (path) => {
    expect(found.filter((line) => line.includes(`: ${path} → `) && !line.startsWith('no-dead-files'))).toEqual([]);
  });
});
