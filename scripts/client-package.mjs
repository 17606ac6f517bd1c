// What `npm pack` in web/client does first: compiles the client to web/client/dist, with the types of the API beside it.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { clientTypesAreStale, makeClientTypes } from './client-types.mjs';
import { projectRoot } from './files.mjs';
import { runOrRefuse } from './programs.mjs';
import { Refusal } from './refusal.mjs';

const folder = join(projectRoot, 'web', 'client');
const types = join('generated', 'api.d.ts');
const dist = join(folder, 'dist');

try {
  if (clientTypesAreStale()) await makeClientTypes({});
  rmSync(dist, { recursive: true, force: true });
  const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  await runOrRefuse('compiling the client', process.execPath, [compiler, '--project', join(folder, 'tsconfig.json')], {
    advice: 'Correct what it names in web/client, then pack it again.',
  });
  cpSync(join(folder, types), join(dist, types));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
