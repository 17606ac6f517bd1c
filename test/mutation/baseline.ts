import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './bench.js';
import type { BaselineTest } from './worker.js';

/** Works without a ledger, on the scripts alone. */
const WALK = /scripts-model/;
/** These read the scripts' files, walk by chance, or take their time on purpose; a change of a script shows in the others. */
const LEFT_OUT = /script-loader|session-locks|supply-lock|supply-crashes|ledger-model/;

/** Every test file that works on the ledger of one process. */
function findSpecs(): string[] {
  return ['test/lua', 'test/integration']
    .flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))
    .filter((path) => path.endsWith('.spec.ts') && !LEFT_OUT.test(path))
    .filter((path) => readFileSync(path, 'utf8').includes('LedgerHarness.open') || WALK.test(path));
}

/**
 * Which test reaches which statement, on the scripts as they are. Throws when a test fails. What was found in a test file
 * is kept for the next run, as long as neither it nor what it tests has changed.
 */
export async function readBaseline(
  root: string,
  benches: readonly Bench[],
  scripts: readonly string[],
): Promise<BaselineTest[]> {
  const path = join(root, '../baseline.json');
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Kept) : {};
  const code = hashOf(join(root, 'code'));
  const found: Kept = {};
  const left: string[] = [];
  for (const spec of findSpecs()) {
    const [key, before] = [keyOf(code, spec), kept[spec]];
    if (before?.key === key) found[spec] = before;
    else left.push(spec);
  }
  const work = async (bench: Bench): Promise<void> => {
    for (let spec = left.pop(); spec; spec = left.pop()) {
      const report = await bench.ask({ kind: 'baseline', spec, scripts });
      if (report?.kind !== 'baseline') throw new Error(`a bench died over ${spec} on the scripts as they are`);
      if (report.failure !== null) throw new Error(`a test fails on the scripts as they are: ${report.failure}`);
      found[spec] = { key: keyOf(code, spec), tests: report.tests };
      writeFileSync(path, JSON.stringify(found));
    }
  };
  await Promise.all(benches.map(work));
  return Object.values(found).flatMap(({ tests }) => tests);
}

type Kept = Record<string, { key: string; tests: BaselineTest[] }>;

const keyOf = (code: string, spec: string): string =>
  createHash('sha256').update(code).update(readFileSync(spec)).digest('hex');

/** All that the tests are made of but the tests; the mutants and who tries them are not. */
function hashOf(folder: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const path of files.map(({ parentPath, name }) => join(parentPath, name)).sort())
    if (!/\/test\/mutation\/|\.spec\.js$|\.map$/.test(path)) hash.update(path).update(readFileSync(path));
  return hash.digest('hex');
}
