import { Cluster } from './cluster.js';
import { eventually } from './eventually.js';
import type { PrivateStore } from './private-stores.js';
import { PATIENT_SALE, Storm } from './storm.js';

// Rows Q9 and Q14 of the fault table in RELIABILITY.md. Who stops in order ends within seconds; who waits for a store that
// is gone would wait for ever, so the deadline may be as long as a busy machine needs.
const DEADLINE_MS = 60_000;
const PATIENCE_MS = 120_000;

let cluster: Cluster;
beforeAll(async () => {
  const env = { REDIS_COMMAND_TIMEOUT_MS: '1000', SHUTDOWN_DEADLINE_MS: String(DEADLINE_MS) };
  cluster = await Cluster.start({ apis: 1, workers: 1, env });
}, 300_000);
afterAll(() => cluster.stop());

/** A start that fails, since a store is just coming back, is made again, as by whoever keeps processes running. */
const untilServing = (): Promise<unknown> =>
  eventually(
    'every process serves again',
    async () => {
      cluster.startApps();
      for (const { url } of cluster.apps)
        if ((await cluster.client.send(url, { method: 'GET', path: '/health/ready' })).status !== 200) return false;
      return true;
    },
    PATIENCE_MS,
  );

describe('a stop under load', () => {
  it('ends each process in order, also without Redis, without Postgres and without both, and loses nothing', async () => {
    const sale = await cluster.operator.sell(PATIENT_SALE);
    const { redis, postgres } = cluster;
    const storm = new Storm(cluster, sale, { carts: 400, seed: 9 });
    const codes: (number | null)[] = [];
    const stopping =
      (...gone: PrivateStore[]) =>
      async (): Promise<void> => {
        await Promise.all(gone.map((store) => store.kill()));
        await Promise.all(cluster.apps.map((app) => app.stop()));
        codes.push(...cluster.apps.map(({ exitCode }) => exitCode));
        await Promise.all(gone.map((store) => store.restart()));
        await untilServing();
      };
    const stories = await storm.under([stopping(), stopping(redis), stopping(postgres), stopping(redis, postgres)]);
    // Past its deadline a process ends with 1; in order, with 0.
    expect(codes).toEqual(Array.from({ length: 8 }, () => 0));
    expect(await storm.verdict(stories)).toEqual([]);
  }, 600_000);
});
