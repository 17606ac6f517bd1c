import type { Postgres } from './postgres.js';

/**
 * Runs `work` while this process alone holds an advisory lock, whose key `lock` is an SQL expression. Undefined, and
 * nothing was run, when another process holds it. The lock is a session's, so that no transaction stands open meanwhile.
 */
export async function whileLocked<T>(postgres: Postgres, lock: string, work: () => Promise<T>): Promise<T | undefined> {
  const client = await postgres.connect();
  let broken: Error | undefined;
  try {
    const { rows } = await client.query<{ mine: boolean }>(`SELECT pg_try_advisory_lock(${lock}) AS mine`);
    if (rows[0]?.mine !== true) return undefined;
    try {
      return await work();
    } finally {
      await client.query(`SELECT pg_advisory_unlock(${lock})`);
    }
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    // A connection that failed is closed, and its lock with it.
    client.release(broken);
  }
}
