// src → dist with swc: some 20 ms for a change, so it needs no watcher. swc checks no types; `npm run check` does.
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { filesBelow, projectRoot, readStamp, sha256, writeStamp, writeWhole } from './files.mjs';
import { readLockText } from './install.mjs';
import { Refusal } from './refusal.mjs';

const STAMP = 'build.json';
const source = join(projectRoot, 'src');
const target = join(projectRoot, 'dist');
/** Made from web/, by another step. */
const pages = join(target, 'web', '/');

const isCode = (path) => path.endsWith('.ts') && !path.endsWith('.d.ts');
/** Lua scripts, documents, pictures: whatever lies beside the code is found beside the compiled code. */
const isAsset = (path) => !path.endsWith('.ts') && !path.endsWith('.partial');
const compiled = (path) => join(target, relative(source, path).replace(/\.ts$/, '.js'));

/** What dist must be made from: `{ compiler, files: { path: hash } }`. */
function readPlan() {
  const files = filesBelow(source).filter((path) => isCode(path) || isAsset(path));
  return {
    compiler: sha256(readLockText(), readFileSync(join(projectRoot, '.swcrc'))),
    files: Object.fromEntries(files.map((path) => [relative(projectRoot, path), sha256(readFileSync(path))])),
  };
}

function changedFiles(plan, stamp) {
  const known = stamp?.compiler === plan.compiler ? stamp.files : {};
  return Object.keys(plan.files).filter(
    (path) => known[path] !== plan.files[path] || !existsSync(compiled(join(projectRoot, path))),
  );
}

export function buildIsStale() {
  const plan = readPlan();
  const stamp = readStamp(STAMP);
  return changedFiles(plan, stamp).length > 0 || Object.keys(stamp?.files ?? {}).some((path) => !plan.files[path]);
}

/**
 * Brings dist up to date: compiles what changed, copies assets, deletes what has no source any more. Each file
 * appears whole, so an application that another run has just started from dist is not disturbed. When files do not
 * compile, the others are built all the same, theirs are deleted, and the refusal names them.
 */
export async function build() {
  const plan = readPlan();
  const swc = (await import('@swc/core')).default;
  const failures = [];
  for (const path of changedFiles(plan, readStamp(STAMP))) {
    const from = join(projectRoot, path);
    try {
      await (isCode(from) ? compile(swc, from) : copy(from));
    } catch (error) {
      rmSync(compiled(from), { force: true });
      delete plan.files[path];
      failures.push(`${path}\n${error.message.split('\n\nCaused by:')[0].trimEnd()}\n`);
    }
  }
  deleteOrphans(plan);
  writeStamp(STAMP, plan);
  if (failures.length > 0)
    throw Object.assign(new Refusal(`These files do not compile:\n\n${failures.join('\n')}`), { step: 'build' });
}

async function compile(swc, from) {
  const to = compiled(from);
  const { code, map } = await swc.transformFile(from, {
    configFile: join(projectRoot, '.swcrc'),
    sourceFileName: relative(dirname(to), from),
    outputPath: to,
  });
  if (map) writeWhole(`${to}.map`, map);
  writeWhole(to, map ? `${code}\n//# sourceMappingURL=${to.split('/').pop()}.map\n` : code);
}

function copy(from) {
  const to = compiled(from);
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, `${to}.partial`);
  renameSync(`${to}.partial`, to);
}

function deleteOrphans(plan) {
  if (!existsSync(target)) return;
  const wanted = new Set(Object.keys(plan.files).map((path) => compiled(join(projectRoot, path))));
  for (const path of filesBelow(target)) {
    if (path.startsWith(pages)) continue;
    if (!wanted.has(path.replace(/\.js\.map$/, '.js'))) rmSync(path, { force: true });
  }
}
