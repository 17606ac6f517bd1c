import { Site } from '../e2e/site.js';
import { ADMIN_KEY, STOREFRONT_KEY } from '../e2e/storefront.js';
import { TEST_JWT_SECRET } from '../settings.js';
import { Fuzzing } from './fuzzing.js';
import { reportOf } from './report.js';

/** The same requests each time: `npm run fuzz` makes new ones for as long as one likes, and what it finds gets a test of its own. */
const REQUESTS = 80;
/** Walks side by side wait for the stores together. */
const LANES = [0, 1_000, 2_000];
const METRICS_TOKEN = 'a-token-that-only-the-fuzzer-knows';

let site: Site;
let fuzzing: Fuzzing;
beforeAll(async () => {
  site = await Site.all({ env: { WAIT_SECONDS_MAX: '1', METRICS_TOKEN } });
});
afterAll(() => site.close());
beforeEach(async () => {
  const keys = { adminKey: ADMIN_KEY, storefrontKey: STOREFRONT_KEY, jwtSecret: TEST_JWT_SECRET };
  fuzzing = await Fuzzing.of(site.url, { ...keys, metricsToken: METRICS_TOKEN });
});
afterEach(() => fuzzing.close());

describe('requests made from the OpenAPI document', () => {
  it.each([
    ['that are always the same', 4_711],
    ['that are always others', 1_376_660_311],
  ])(
    '%s are answered as it says (seed %i)',
    async (_what, seed) => {
      process.stdout.write(`fuzz: seed ${seed}\n`);
      await Promise.all(LANES.map((lane) => fuzzing.run({ seed: seed + lane, requests: REQUESTS })));
      if (fuzzing.faults.length > 0) throw new Error(reportOf(fuzzing, seed));
      expect(fuzzing.requests).toBeGreaterThanOrEqual(REQUESTS * LANES.length);
    },
    600_000,
  );
});
