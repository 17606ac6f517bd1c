import type { AppInstance } from './app-instance.js';
import { Cluster } from './cluster.js';
import { killing, PATIENT_SALE, Storm } from './storm.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start({ env: { REDIS_COMMAND_TIMEOUT_MS: '1000' } });
}, 300_000);
afterAll(() => cluster.stop());

describe('kill -9 under load', () => {
  it('of every part, alone and together, loses nothing that was acknowledged and sells nothing twice', async () => {
    const sale = await cluster.operator.sell(PATIENT_SALE);
    const storm = new Storm(cluster, sale, { carts: 1_200, seed: 4 });
    const { redis, postgres, apis, workers } = cluster;
    const [a, b] = apis as [AppInstance, AppInstance];
    const [c, d] = workers as [AppInstance, AppInstance];
    const stories = await storm.under([
      killing(cluster, c),
      killing(cluster, redis),
      killing(cluster, a),
      killing(cluster, postgres),
      killing(cluster, redis, d),
      killing(cluster, b, c, d),
      killing(cluster, postgres, a),
      killing(cluster, redis, postgres, a, b, c, d),
      killing(cluster, redis),
    ]);
    const refusals = stories.map(({ standing }) => standing).filter((standing) => standing.startsWith('refused'));
    expect([...new Set(refusals)]).toEqual(['refused: units-unavailable']);
    expect(await storm.verdict(stories)).toEqual([]);
  }, 300_000);
});
