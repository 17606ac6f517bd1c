import { Cluster } from './cluster.js';
import { killing, PATIENT_SALE, Storm } from './storm.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start({ env: { REDIS_COMMAND_TIMEOUT_MS: '1000' } });
}, 300_000);
afterAll(() => cluster.stop());

describe('FLUSHALL under load', () => {
  it('loses undecided requests at most, and says so', async () => {
    const sale = await cluster.operator.sell(PATIENT_SALE);
    const storm = new Storm(cluster, sale, { carts: 1_200, seed: 5 });
    const flush = (): Promise<void> => cluster.flush();
    const stories = await storm.under([flush, flush, flush, killing(cluster, cluster.redis), flush, flush, flush]);
    for (const { standing } of stories.filter((story) => story.standing.startsWith('refused')))
      expect(['refused: units-unavailable', 'refused: request-lost']).toContain(standing);
    expect(await storm.verdict(stories)).toEqual([]);
  }, 300_000);
});
