import pg from 'pg';

const ANSWER_MS_MAX = 1_000;
const PAUSE_MS = 250;

/**
 * Looks for a Postgres that was lost, on a new connection each time, since old ones may be silent for good. Resolves when
 * it answers, or when `over` says that nobody needs it any more; `missed` is told of each attempt that failed.
 */
export async function searchPostgres(url: string, over: () => boolean, missed: () => void): Promise<void> {
  while (!over()) {
    if (await answers(url)) return;
    missed();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref());
  }
}

async function answers(connectionString: string): Promise<boolean> {
  const limits = { connectionTimeoutMillis: ANSWER_MS_MAX, query_timeout: ANSWER_MS_MAX };
  let client: pg.Client | undefined;
  try {
    client = new pg.Client({ connectionString, ...limits, application_name: 'holdfast-search' });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    // One that is silent never ends in order, and nobody waits for it.
    void client?.end().catch(() => undefined);
  }
}
