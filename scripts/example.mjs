// `npm run example`: compiles examples/*.ts as the build compiles src, and runs examples/storefront.ts with plain Node.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, writeWhole } from './files.mjs';
import { prepare } from './prepare.mjs';
import { runningService } from './running-service.mjs';
import { loadDotEnv } from './settings.mjs';

const target = join(projectRoot, '.data', 'examples');

export async function run({ progress, stopping }) {
  loadDotEnv();
  const env = runningService('STOREFRONT_API_KEY', 'ADMIN_API_KEY');
  await prepare({ progress, stopping, withBuild: false });
  await compile();
  const child = spawn(process.execPath, ['--enable-source-maps', join(target, 'storefront.js')], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  stopping.onAsk(() => child.kill('SIGTERM'));
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('exit', (code) => done(code ?? 1));
  });
}

async function compile() {
  const swc = (await import('@swc/core')).default;
  const folder = join(projectRoot, 'examples');
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.ts'))) {
    const { code } = await swc.transformFile(join(folder, name), {
      ...{ configFile: join(projectRoot, '.swcrc'), sourceMaps: 'inline' },
    });
    writeWhole(join(target, name.replace(/\.ts$/, '.js')), code);
  }
}
