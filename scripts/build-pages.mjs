// web → dist/web with Vite, and beside each asset what a browser that takes br or gzip is sent.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { filesBelow, projectRoot, readStamp, sha256, writeStamp } from './files.mjs';
import { readLockText } from './install.mjs';
import { runOrRefuse } from './programs.mjs';

const STAMP = 'pages.json';
const PAGES = ['admin', 'shop'];
const source = join(projectRoot, 'web');
const target = join(projectRoot, 'dist', 'web');
/** Smaller files are hardly made smaller, and pictures are compressed already. */
const WORTH_IT = /\.(?:js|css|svg|map)$/;

/** Types, documents and the client's package are no part of it: they leave nothing in what is built. */
const LEAVES_NOTHING = /\/(?:generated|dist|pictures)\/|\.md$/;

function pagesStamp() {
  const files = filesBelow(source).filter((path) => !LEAVES_NOTHING.test(path));
  return sha256(
    readLockText(),
    ...files.flatMap((path) => [relative(projectRoot, path), readFileSync(path)]),
    readFileSync(join(projectRoot, 'scripts', 'build-pages.mjs')),
  );
}

export function pagesAreStale() {
  return PAGES.some((name) => !existsSync(join(target, name, 'index.html'))) || readStamp(STAMP) !== pagesStamp();
}

export async function buildPages({ signal }) {
  const stamp = pagesStamp(); // before the work: what is edited meanwhile is stale again next time
  await runOrRefuse(
    'vite build',
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'build', '--config', 'web/vite.config.mjs', '--logLevel', 'warn'],
    { signal, advice: 'Correct what it names in web/, then run this again.' },
  );
  for (const path of filesBelow(join(target, 'assets')).filter((each) => WORTH_IT.test(each))) compress(path);
  writeStamp(STAMP, stamp);
}

function compress(path) {
  const content = readFileSync(path);
  const options = {
    params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length, [constants.BROTLI_PARAM_QUALITY]: 9 },
  };
  writeFileSync(`${path}.br`, brotliCompressSync(content, options));
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
}
