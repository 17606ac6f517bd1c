// Redis from Debian's or Ubuntu's own package, unpacked into a folder: no root, nothing installed, no service started.
// No npm package ships a redis-server that runs on ordinary machines.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onPath } from './files.mjs';
import { runProgram } from './programs.mjs';

/** Works without root: no drop to apt's own user (who could not write here), no lock of the system's. */
const PLAIN = [
  ...['-qq', '-o', 'APT::Sandbox::User=', '-o', 'Debug::NoLocking=1', '-o', 'Acquire::Retries=2'],
  ...['-o', 'Acquire::http::Timeout=20', '-o', 'Acquire::https::Timeout=20'],
];
const USUAL_PACKAGES = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1'];

/**
 * Puts `usr/bin/redis-server` below `cache`; returns null, or a line that says why not. apt checks the packages
 * against the signatures of the system's own sources. The system's package lists are used when they are there and
 * current; else our own copy is fetched (some 20 MB) and thrown away. The folder appears whole, by a rename.
 */
export async function downloadRedis(cache, { announce, signal }) {
  if (process.platform !== 'linux' || !['apt-get', 'dpkg-deb'].every(onPath)) return 'this system has no apt-get';
  const work = `${cache}.${process.pid}.partial`;
  try {
    mkdirSync(join(work, 'packages'), { recursive: true });
  } catch (error) {
    return `${dirname(cache)} cannot be written (${error.code})`;
  }
  try {
    announce(
      `no Redis on this machine: downloading Debian’s into ${dirname(cache)} (without root; nothing is installed)`,
    );
    let failure = await fetchPackages(work, PLAIN, signal);
    if (failure) failure = await fetchPackages(work, await ownLists(work, announce, signal), signal);
    failure ||= await unpack(work, signal);
    if (!failure) replace(join(work, 'root'), cache);
    return failure;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Package lists of our own, for an image that ships none, or whose lists name versions that are gone. */
async function ownLists(work, announce, signal) {
  announce('fetching the package lists');
  for (const folder of ['lists/partial', 'apt/archives/partial']) mkdirSync(join(work, folder), { recursive: true });
  const options = [...PLAIN, '-o', `Dir::State::lists=${join(work, 'lists')}`, '-o', `Dir::Cache=${join(work, 'apt')}`];
  await runProgram('apt-get', [...options, 'update'], { signal }); // a source of a third party may fail: no matter
  return options;
}

async function fetchPackages(work, options, signal) {
  const names = await packagesToFetch(options, signal);
  const { code, output } = await runProgram('apt-get', [...options, 'download', ...names], {
    cwd: join(work, 'packages'),
    signal,
  });
  return code === 0 ? null : output.trim().split('\n').pop();
}

/**
 * What apt itself would install now, of which we take the server and its libraries; a simulation needs no root. When
 * it fails (a held package, a broken state), the libraries are those that Debian's Redis needs.
 */
async function packagesToFetch(options, signal) {
  const question = ['--simulate', '--yes', '--reinstall', '--no-install-recommends', 'install', 'redis-server'];
  const { code, output } = await runProgram('apt-get', [...options, ...question], { signal });
  const named = [...output.matchAll(/^Inst ([a-z0-9.+-]+) /gm)].map((match) => match[1]);
  const wanted = named.filter((name) => /^(redis|valkey|lib)/.test(name) && !/^libc(6|-bin)$/.test(name));
  return code === 0 && wanted.includes('redis-server') ? [...new Set([...wanted, 'redis-tools'])] : USUAL_PACKAGES;
}

async function unpack(work, signal) {
  const folder = join(work, 'packages');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    const { code, output } = await runProgram('dpkg-deb', ['-x', join(folder, file), join(work, 'root')], { signal });
    if (code !== 0) return output.trim().split('\n').pop();
  }
  return existsSync(join(work, 'root/usr/bin/redis-server')) ? null : 'the packages hold no redis-server';
}

/** What is there is of no use, or we would not be here; unless another run has just put it there. */
function replace(folder, cache) {
  rmSync(cache, { recursive: true, force: true });
  try {
    renameSync(folder, cache);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  }
}
