import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { randomChars } from '../../src/platform/ids.js';

/** What packages look for, and do without. */
const ABSENT = [
  ...['@nestjs/microservices', '@nestjs/websockets', '@nestjs/platform-express', '@fastify/view', '@fastify/multipart'],
  ...['pg-native', 'class-transformer/storage', 'bufferutil', 'utf-8-validate'],
];

/** Runs a bundle from what V8 has compiled of it before; who runs first and is told to leaves that for the others. */
const starterOf = (bundle: string): string => `
const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');
const bundle = ${JSON.stringify(bundle)};
const cache = __filename + '.cache';
const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
const script = new Script('(require, module, exports) => {' + readFileSync(bundle, 'utf8') + '\\n}', { filename: bundle, cachedData });
script.runInThisContext()(require, module, exports);
const leave = () => {
  if (cachedData) return;
  writeFileSync(cache + process.pid, script.createCachedData());
  renameSync(cache + process.pid, cache);
};
process.once('message', leave);
process.once('SIGUSR2', leave);
`;

/**
 * A program of the compiled application and its packages in one file, which a process loads in a fraction of the time.
 * Returns the path of what is to be run.
 */
export async function bundleApp(entry: string): Promise<string> {
  const outfile = join(process.env['TEST_SCRATCH_DIRECTORY'] ?? '', `bundle-${randomChars(6)}.js`);
  const place = pathToFileURL(resolve('dist/inventory/script.js')).href;
  await build({
    ...{ entryPoints: [resolve(entry)], outfile, logLevel: 'error' },
    ...{ bundle: true, platform: 'node', target: 'node20', format: 'cjs', keepNames: true, external: ABSENT },
    // What V8 has compiled before can import nothing.
    supported: { 'dynamic-import': false },
    // Scripts and migrations are found from where the code lies.
    define: { 'import.meta.url': JSON.stringify(place) },
  });
  const starter = outfile.replace(/\.js$/, '.cjs');
  await writeFile(starter, starterOf(outfile));
  return starter;
}

/** What V8 has compiled of a bundle, once one of its processes was told to leave it. */
export const cacheOf = (starter: string): string => `${starter}.cache`;

/**
 * `dist/main.js` for whoever starts many of it: a third of the CPU. Made once for all test files of a run; two that come at
 * the same time make the same.
 */
export async function mainInOneFile(): Promise<string> {
  const shared = join(process.env['TEST_SCRATCH_DIRECTORY'] ?? '', 'main.cjs');
  if (!existsSync(shared)) await rename(await bundleApp('dist/main.js'), shared);
  return shared;
}
