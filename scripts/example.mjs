// `npm run example`: compiles examples/*.ts as the build compiles src, and runs examples/storefront.ts with plain Node.
import { join } from 'node:path';
import { compile, runCompiled } from './compile.mjs';
import { prepare } from './prepare.mjs';
import { runningService } from './running-service.mjs';
import { loadDotEnv } from './settings.mjs';

export async function run({ progress, stopping }) {
  loadDotEnv();
  const env = runningService('STOREFRONT_API_KEY', 'ADMIN_API_KEY');
  await prepare({ progress, stopping, withBuild: false });
  const target = await compile('examples-code', ['examples']);
  return runCompiled(join(target, 'examples/storefront.js'), { env, stopping });
  await prepare({ progress, stopping, what: 'packages' });
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
