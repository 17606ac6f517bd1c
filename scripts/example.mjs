// `npm run example`: compiles examples/*.ts as the build compiles src, and runs examples/storefront.ts with plain Node.
import { join } from 'node:path';
import { compile, runCompiled } from './compile.mjs';
import { prepare } from './prepare.mjs';
import { runningService } from './running-service.mjs';
import { loadDotEnv } from './settings.mjs';

export async function run({ progress, stopping }) {
  loadDotEnv();
  const env = runningService('STOREFRONT_API_KEY', 'ADMIN_API_KEY');
  await prepare({ progress, stopping, what: 'packages' });
  const target = await compile('examples-code', ['examples']);
  return runCompiled(join(target, 'examples/storefront.js'), { env, stopping });
}
