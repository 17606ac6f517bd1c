// Postgres and Redis for one run: the ones that were named by URL, else embedded ones, started side by side.
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from './files.mjs';
import { answers, keptPort } from './ports.mjs';
import { startPostgres } from './postgres.mjs';
import { findRedis } from './redis-find.mjs';
import { startRedis } from './redis.mjs';
import { Refusal } from './refusal.mjs';

const WATCH_MS = 500;
/** A store that dies at once each time is broken; restarting it for ever would hide that. */
const RESTARTS_MAX = 20;

/**
 * Opens both. `postgresUrl` and `redisUrl` are external ones, or undefined; `durable` is about the embedded ones.
 * Returns `{ postgres, redis, binary, stop, watch }`, where a store is null when it is external. When one fails, the
 * other is stopped before the refusal is thrown.
 */
export async function openStores({ folder, durable, postgresUrl, redisUrl, redisSetting, progress, stopping }) {
  const embedded = {
    postgres: () => openPostgres({ folder, durable, progress }),
    redis: () => openRedis({ folder, durable, progress, stopping }),
  };
  const results = await Promise.allSettled([
    postgresUrl ? null : embedded.postgres(),
    redisUrl ? refuseSilentRedis(redisUrl, redisSetting) : embedded.redis(),
  ]);
  const [postgres, redis] = results.map(({ value }) => value ?? null);
  const servers = { postgres, redis };
  const stop = async () => {
    await Promise.allSettled(Object.values(servers).map((server) => server?.stop()));
  };
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed || stopping.asked) {
    await stop();
    throw failed?.reason ?? stopping.signal.reason;
  }
  return { postgres, redis, stop, watch: () => watch(servers, { folder, durable, progress, stopping }) };
}

async function openPostgres({ folder, durable, progress }) {
  let server;
  await progress.step('starting Postgres', async () => {
    const directory = join(folder, 'postgres');
    server = await startPostgres({
      directory,
      durable,
      disposable: !durable,
      choosePort: () => keptPort(folder, 'postgres'),
    });
    return `Postgres  127.0.0.1:${server.port}  ${server.moved ? server.directory : relative(projectRoot, directory)}${adopted(server)}`;
  });
  return server;
}

async function openRedis({ folder, durable, progress, stopping }) {
  let server;
  await progress.step('starting Redis', async () => {
    const binary = await findRedis({ signal: stopping.signal, announce: progress.note });
    const options = { directory: join(folder, 'redis'), durable, binary, choosePort: () => keptPort(folder, 'redis') };
    server = await startRedis(options);
    if (server.adopted && !durable) {
      await server.stop(); // tests begin with an empty one
      server = await startRedis(options);
    }
    server = { ...server, binary };
    return `Redis     127.0.0.1:${server.port}  ${binary.path} ${binary.version}${adopted(server)}`;
  });
  return server;
}

const adopted = (server) => (server.adopted ? ' (was still running)' : '');

/**
 * Starts a store again when it dies under the application, on the same port and files, as an operator's supervisor
 * would: so `kill -9` of one can be tried on a laptop. Returns the function that ends the watch.
 */
function watch(servers, { folder, durable, progress, stopping }) {
  const starters = {
    postgres: (port) => startPostgres({ directory: join(folder, 'postgres'), durable, port }),
    redis: (port) => startRedis({ directory: join(folder, 'redis'), durable, port, binary: servers.redis.binary }),
  };
  const over = new AbortController();
  const loop = async (name) => {
    for (let restarts = 0; !over.signal.aborted && restarts < RESTARTS_MAX;) {
      await sleep(WATCH_MS, undefined, { ref: false });
      const server = servers[name];
      if (!server || server.lives() || over.signal.aborted || stopping.asked) continue;
      progress.warn(`${name} (pid ${server.pid}) is gone; starting it again`);
      try {
        servers[name] = { ...server, ...(await starters[name](server.port)) };
      } catch (error) {
        progress.warn(error.message);
      }
      restarts++;
    }
  };
  for (const name of Object.keys(servers)) if (servers[name]) void loop(name);
  return () => over.abort();
}

/** A URL of several hosts or of another form is left to the application, which reads it with ioredis. */
async function refuseSilentRedis(url, setting) {
  const { hostname, port, protocol } = URL.canParse(url) ? new URL(url) : {};
  if (!/^rediss?:$/.test(protocol) || !hostname) return null;
  if (await answers(Number(port || 6379), hostname.replace(/^\[|\]$/g, ''), 5_000)) return null;
  throw new Refusal(
    `${setting}: nothing answers at ${hostname}:${port || 6379}. Start that Redis, correct the URL, or unset ${setting} to have one started.`,
  );
}
