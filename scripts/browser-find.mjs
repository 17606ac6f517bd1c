// Which Chromium the browser tests run in: the one that was named, else one of this machine, else Debian's package.
// playwright-core drives it and brings none of its own.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { onPath } from './files.mjs';
import { lastLines, runProgram } from './programs.mjs';
import { Refusal } from './refusal.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
const USUAL_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/snap/bin/chromium',
];
/** A package of some 100 MB, and the libraries that it needs. */
const INSTALL_MS_MAX = 300_000;

/**
 * Finds a Chromium: `{ path }`, or `{ path: null, why }` where none can be had. CHROMIUM_BIN is a decision: when it does
 * not run, nothing else is tried behind the user's back. Installs Debian's only when `mayInstall`, and only as root.
 */
export async function findBrowser({ mayInstall = false, announce = () => {}, signal } = {}) {
  const named = process.env.CHROMIUM_BIN;
  if (named && runs(named)) return { path: named };
  if (named)
    throw new Refusal(
      `CHROMIUM_BIN: ${named} is no Chromium that runs here. Name another one, or unset it to have one found.`,
    );
  const path = onMachine();
  if (path) return { path };
  const failure = mayInstall ? await installDebians({ announce, signal }) : 'it was not asked for';
  return failure ? { path: null, why: failure } : { path: onMachine(), why: 'the package brought none that runs' };
}

/** What is there may still be a stub that only says how to install the real one. */
const runs = (path) => {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  return /(?:Chrom|Edge)\D*\d+\./.test(stdout ?? '');
};

const onMachine = () =>
  [...NAMES.map(onPath), ...USUAL_PLACES].find((path) => path && existsSync(path) && runs(path)) ?? null;

/** Returns null, or a line that says why not. */
async function installDebians({ announce, signal }) {
  if (!isDebian()) return 'this system is no Debian, whose package could be installed';
  if (process.getuid?.() !== 0) return 'only root can install Debian’s package';
  announce('no Chromium on this machine: installing Debian’s, for the browser tests');
  const within = AbortSignal.any([AbortSignal.timeout(INSTALL_MS_MAX), ...(signal ? [signal] : [])]);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const wait = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=2'];
  try {
    await runProgram('apt-get', ['-qq', ...wait, 'update'], { env, signal: within });
    const flags = ['-qq', '--yes', '--no-install-recommends', ...wait];
    const { code, output } = await runProgram('apt-get', [...flags, 'install', 'chromium'], { env, signal: within });
    return code === 0 ? null : lastLines(output, 1).trim();
  } catch (error) {
    if (signal?.aborted) throw error;
    return `apt-get did not come to an end (${error.message})`;
  }
}

/** Ubuntu's package of that name is a stub for a snap, which needs a running snapd. */
function isDebian() {
  if (process.platform !== 'linux' || !onPath('apt-get') || !existsSync('/etc/os-release')) return false;
  return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

export const withoutBrowser = (why) =>
  [
    `The browser tests (test/browser) did not run: no Chromium was found, and ${why}.`,
    'Install Chromium or Chrome, or name one: CHROMIUM_BIN=/path/to/chromium npm test -- browser/',
  ].join('\n');
