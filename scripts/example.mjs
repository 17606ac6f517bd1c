// `npm run example`: compiles examples/*.ts as the build compiles src, and runs examples/storefront.ts with plain Node.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { projectRoot, readJson, writeWhole } from './files.mjs';
import { prepare } from './prepare.mjs';
import { Refusal } from './refusal.mjs';
import { loadDotEnv, readAddress } from './settings.mjs';

const target = join(projectRoot, '.data', 'examples');

export async function run({ progress, stopping }) {
  loadDotEnv();
  const env = connection();
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

/** What the environment says, else where `npm start` of this folder is and which keys it made up. */
function connection() {
  const kept = readJson(resolve(projectRoot, process.env.DATA_DIR || '.data', 'start', 'secrets.json')) ?? {};
  const env = { HOLDFAST_URL: process.env.HOLDFAST_URL || readAddress().url };
  for (const name of ['STOREFRONT_API_KEY', 'ADMIN_API_KEY']) {
    env[name] = process.env[name] || kept[name];
    if (!env[name])
      throw new Refusal(
        `${name} is not set, and no npm start of this folder has made one. Run npm start in another terminal first, or set HOLDFAST_URL, STOREFRONT_API_KEY and ADMIN_API_KEY.`,
      );
  }
  return env;
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
