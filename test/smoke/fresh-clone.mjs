// What a newcomer does: clone, `npm start`, paste the command that the banner prints, Ctrl-C. Run by .ci/run; exits 0
// when the reservation was made and nothing is left running. Plain Node: it must work before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as passing } from 'node:timers/promises'; // pause: another program is polled, it gives no other signal
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const START_SECONDS_MAX = 300; // npm ci with an empty cache is nearly all of it, beside other work
const BANNER_SECONDS_MAX = 30;
const STOP_SECONDS_MAX = 20;

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-fresh-')));
chmodSync(folder, 0o755); // run by root, the stores belong to another user, who must reach them here
const clone = join(folder, 'holdfast');
const say = (text) => console.log(`smoke: ${text}`);

let app;
let output = '';
try {
  await run();
  say('passed');
} catch (error) {
  say(`FAILED: ${error.message}`);
  if (output) console.log(`--- what npm start printed ---\n${excerptOf(output)}\n---`);
  process.exitCode = 1;
} finally {
  await endRest();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function run() {
  cloneHead();
  const port = await freePort();
  app = startApp(port);
  const url = `http://127.0.0.1:${port}`;
  await until(
    `${url}/health/ready answers 200`,
    START_SECONDS_MAX,
    async () => (await fetch(`${url}/health/ready`)).ok,
  );
  say(`ready after ${Math.round(performance.now() / 1000)} s`);
  await until('the banner shows a curl command', BANNER_SECONDS_MAX, () => readCommand() !== null);
  paste(readCommand());
  await stopByKeyboard();
  await until('the port is free again', STOP_SECONDS_MAX, () => isFree(port));
  await until('nothing of it runs any more', STOP_SECONDS_MAX, () => leftovers().length === 0);
}

function cloneHead() {
  // A checkout by another user (a container's, usually) is ours to read all the same.
  const git = spawnSync('git', ['-c', 'safe.directory=*', 'clone', '--quiet', '--no-hardlinks', root, clone], {
    encoding: 'utf8',
  });
  if (git.status !== 0) throw new Error(`git clone: ${git.error?.message ?? git.stderr.trim()}`);
  const changed = spawnSync('git', ['-c', 'safe.directory=*', 'status', '--porcelain'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (changed.stdout?.trim()) say('the clone has what is committed; this folder has changes beyond that');
}

/** The environment without our settings and without what an outer npm adds: a newcomer has neither. */
function newcomersEnvironment(port) {
  const ours = Array.from(
    readFileSync(join(clone, '.env.example'), 'utf8').matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm),
    ([, name]) => name,
  );
  const entries = Object.entries(process.env).filter(([name]) => !ours.includes(name) && !name.startsWith('npm_'));
  return { ...Object.fromEntries(entries), PORT: String(port) };
}

/** A process group of its own, so that Ctrl-C can be sent to all of it, as a terminal does. */
function startApp(port) {
  const child = spawn('npm', ['start'], {
    cwd: clone,
    env: newcomersEnvironment(port),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: error.message }));
    child.once('exit', (code, signal) => resolve({ code: code ?? signal }));
  });
  const self = { pid: child.pid, ended, code: undefined };
  ended.then(({ code }) => (self.code = code));
  return self;
}

async function until(what, secondsMax, check) {
  const giveUpAt = performance.now() + secondsMax * 1000;
  let reason = '';
  for (;;) {
    try {
      if (await check()) return;
    } catch (error) {
      reason = ` (${error.cause?.code ?? error.message})`;
    }
    if (app.code !== undefined && !app.stopping) throw new Error(`npm start ended with ${app.code}, before: ${what}`);
    if (performance.now() > giveUpAt) throw new Error(`not within ${secondsMax} s: ${what}${reason}`);
    await passing(100);
  }
}

/** The first command of the banner, its continued lines joined; null until its last line is there. */
function readCommand() {
  const lines = stripVTControlCharacters(output).split(/\r?\n/);
  const first = lines.findIndex((line) => /^[\s$│|]*curl /.test(line));
  if (first < 0) return null;
  let last = first;
  while (/\\\s*$/.test(lines[last] ?? '')) last++;
  if (last + 1 >= lines.length) return null; // its line end has not been printed yet
  return lines
    .slice(first, last + 1)
    .join('\n')
    .replace(/^[\s$│|]*/, '');
}

/** Runs the command as it stands, with the status asked for besides. */
function paste(command) {
  say(command);
  const body = join(folder, 'body');
  const shell = spawnSync(
    'sh',
    ['-c', `${command} --silent --show-error --output '${body}' --write-out '%{http_code}'`],
    {
      cwd: folder,
      encoding: 'utf8',
      timeout: 20_000,
    },
  );
  if (shell.status !== 0) throw new Error(`the command failed: ${shell.error?.message ?? shell.stderr.trim()}`);
  const text = readFileSync(body, 'utf8');
  const status = shell.stdout.trim().slice(-3);
  if (status !== '201') throw new Error(`the command was answered ${status}: ${text}`);
  const reservation = JSON.parse(text.slice(text.indexOf('{')));
  const units = (reservation.lines ?? []).flatMap((line) => line.units ?? []);
  if (reservation.status !== 'held' || units.length === 0) throw new Error(`no units are held: ${text}`);
  say(`201, held: units ${units.join(', ')}`);
}

async function stopByKeyboard() {
  app.stopping = true;
  process.kill(-app.pid, 'SIGINT');
  const late = passing(STOP_SECONDS_MAX * 1000, { code: `nothing, after ${STOP_SECONDS_MAX} s` }, { ref: false });
  const { code } = await Promise.race([app.ended, late]);
  if (code !== 0) throw new Error(`Ctrl-C: npm start ended with ${code}, not 0`);
  say('Ctrl-C: npm start ended with 0');
}

/** Programs that run in the clone, were started from it, or name it: the application, Postgres, Redis. */
function leftovers() {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) =>
      [() => readlinkSync(`/proc/${pid}/cwd`), () => readFileSync(`/proc/${pid}/cmdline`, 'utf8')].some((read) =>
        reads(read),
      ),
    )
    .map(Number);
}

function reads(read) {
  try {
    return read().includes(folder);
  } catch {
    return false; // it ended meanwhile, or belongs to another user
  }
}

/** After a failure it may still run: it is asked to stop, and what does not is killed and is a failure of its own. */
async function endRest() {
  if (app && app.code === undefined) {
    process.kill(app.pid, 'SIGTERM');
    await Promise.race([app.ended, passing(STOP_SECONDS_MAX * 1000, undefined, { ref: false })]);
  }
  for (const pid of app ? leftovers() : []) {
    say(`still running, killed: ${pid}`);
    process.exitCode = 1;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

function excerptOf(text, lines = text.trim().split('\n')) {
  if (lines.length <= 120) return text;
  return [...lines.slice(0, 60), `… ${lines.length - 120} lines left out …`, ...lines.slice(-60)].join('\n');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
