// The types of the browser's client, made from the OpenAPI document that the built application makes of itself.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { filesBelow, projectRoot, readStamp, sha256, writeStamp, writeWhole } from './files.mjs';
import { readLockText } from './install.mjs';
import { runOrRefuse } from './programs.mjs';

const STAMP = 'client-types.json';
const target = join(projectRoot, 'web', 'client', 'generated', 'api.d.ts');
const HEAD = '// Made from the OpenAPI document by `npm run build` and `npm run check`; changes here are lost.\n';

function sourceStamp() {
  const files = filesBelow(join(projectRoot, 'src')).filter(
    (path) => path.endsWith('.ts') && !path.includes('/generated/'),
  );
  return sha256(readLockText(), ...files.flatMap((path) => [relative(projectRoot, path), readFileSync(path)]));
}

export function clientTypesAreStale() {
  return !existsSync(target) || readStamp(STAMP) !== sourceStamp();
}

export async function makeClientTypes({ signal }) {
  const stamp = sourceStamp();
  const document = join(projectRoot, 'web', 'client', 'generated', 'openapi.json');
  mkdirSync(dirname(document), { recursive: true });
  await runOrRefuse('describing the API', process.execPath, ['scripts/describe-api.mjs', document], { signal });
  const { default: openapiTypescript, astToString } = await import('openapi-typescript');
  writeWhole(target, HEAD + astToString(await openapiTypescript(JSON.parse(readFileSync(document, 'utf8')))));
  writeStamp(STAMP, stamp);
}
