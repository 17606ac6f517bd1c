import { Flag, Text } from './setting.js';

/** The part of `Config` that only tests may set. */
export class TestSettings {
  @Flag({ env: 'TEST_CLOCK', meaning: 'Lets tests shift the ledger’s clock; never in production', default: false })
  testClock!: boolean;

  @Text({
    env: 'FAILPOINT',
    meaning: 'Where this process ends or stops itself; only with TEST_CLOCK',
    pattern: /^[a-z.-]+:(kill|stop)$/,
    range: 'a point of src/crash-points.ts and what happens there, such as hold.journal:kill or hold.journal:stop',
    optional: true,
  })
  failpoint?: string;
}
