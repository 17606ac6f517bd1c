// Programs of the tests and examples that run outside Jest: compiled as the build compiles src, and run with plain Node.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesBelow, projectRoot, writeWhole } from './files.mjs';

/**
 * Compiles TypeScript of the project (files, or folders without their specs) to `.data/<name>`, where packages are
 * found as they are from the root, and returns that folder. `src` and `scripts` are linked to beside it: what runs in
 * the processes is what the checks are made with. What an earlier run left is not removed: it may still be running.
 */
export async function compile(name, sources) {
  const swc = (await import('@swc/core')).default;
  const target = join(projectRoot, '.data', name);
  for (const path of sources.flatMap((source) => typeScriptOf(join(projectRoot, source)))) {
    const { code } = await swc.transformFile(path, {
      ...{ configFile: join(projectRoot, '.swcrc'), sourceMaps: 'inline' },
    });
    writeWhole(join(target, relative(projectRoot, path).replace(/\.ts$/, '.js')), code);
  }
  link(target, 'dist', 'src');
  link(target, 'scripts', 'scripts');
  return target;
}

/** Runs a compiled program to its end. It stays in our group: a terminal's Ctrl-C reaches it directly. */
export function runCompiled(path, { args = [], env, stopping }) {
  const { DATABASE_URL, REDIS_URL, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', path, ...args], {
      stdio: 'inherit',
      env: { ...inherited, ...env },
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
    stopping.onAsk(() => child.kill('SIGTERM'));
    stopping.onForce(() => child.kill('SIGKILL'));
  });
}

function typeScriptOf(source) {
  if (statSync(source).isFile()) return [source];
  return filesBelow(source).filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'));
}

function link(target, from, name) {
  const path = join(target, name);
  if (existsSync(path)) return;
  mkdirSync(target, { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(join(projectRoot, from), path, 'dir');
}
