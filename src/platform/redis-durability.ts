import type { Redis } from 'ioredis';

const REMEDY = 'Set appendonly yes and appendfsync always.';

/**
 * What Redis may forget of requests that were answered `202 queued`, as a sentence with its remedy; null where it keeps
 * them. Holds and orders are in Postgres whatever it forgets. A Redis that lets nobody read its settings is judged by
 * what INFO says: whether there is an append-only file at all.
 */
export async function durabilityWarning(redis: Redis): Promise<string | null> {
  const isOn = /aof_enabled:1/.test(await redis.info('persistence'));
  if (!isOn) return `Redis forgets queued requests whenever it restarts: its appendonly is no. ${REMEDY}`;
  const settings = await appendSettings(redis);
  const appendfsync = settings.get('appendfsync') ?? 'always';
  if (appendfsync !== 'always')
    return `Redis may forget the last second of queued requests, or more, when it or its machine dies: its appendfsync is ${appendfsync}. ${REMEDY}`;
  if (settings.get('no-appendfsync-on-rewrite') !== 'yes') return null;
  return (
    'Redis may forget queued requests when its machine dies while it rewrites its file: its no-appendfsync-on-rewrite ' +
    'is yes. Set no-appendfsync-on-rewrite to no.'
  );
}

/** By a pattern, since Redis 6 takes one name at a time. */
async function appendSettings(redis: Redis): Promise<ReadonlyMap<string, string>> {
  const told = await redis.config('GET', '*append*').catch((error: unknown) => {
    // Refused to this user, or not there in a managed service; a Redis that is away is no reply.
    if (error instanceof Error && error.name === 'ReplyError') return [];
    throw error;
  });
  const words = Array.isArray(told) ? told.map(String) : [];
  return new Map(words.flatMap((word, i) => (i % 2 === 0 ? [[word, words[i + 1] ?? ''] as const] : [])));
}
