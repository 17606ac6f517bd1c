import type { AppInstance } from '../e2e/app-instance.js';
import type { Dice } from '../e2e/shopper.js';
import type { ChaosSystem, Ways } from './chaos-system.js';
import type { NetworkFault } from './fault-proxy.js';
import { pass } from './pass.js';

/** What may befall the system. Resolves when the cause is gone; whether the system has recovered is for others to ask. */
export interface Fault {
  readonly kind: string;
  /** Whether Redis may have lost what it was told. */
  readonly losesRedis?: true;
  /** Two faults of one group do not strike at the same time. */
  readonly group: 'redis' | 'postgres' | 'api' | 'worker' | 'clock' | 'network';
  strike(system: ChaosSystem, dice: Dice): Promise<void>;
}

const killed = (kind: string, group: 'api' | 'worker', of: (system: ChaosSystem) => AppInstance[]): Fault => ({
  kind,
  group,
  strike: async (system, dice) => {
    await one(of(system), dice).kill();
    await pass(dice(800));
    system.cluster.startApps();
  },
});

const frozen = (kind: string, group: 'api' | 'worker', of: (system: ChaosSystem) => AppInstance[]): Fault => ({
  kind,
  group,
  strike: async (system, dice) => {
    const app = one(of(system), dice);
    app.freeze();
    await pass(1_000 + dice(3_000));
    app.thaw();
  },
});

const network = (store: keyof Ways, fault: (dice: Dice) => NetworkFault): Fault => ({
  kind: `${store}: ${fault(() => 0).kind}`,
  group: 'network',
  strike: async ({ ways }, dice) => {
    const struck = dice(3) === 0 ? ways : [one(ways, dice)];
    const what = fault(dice);
    for (const way of struck) way[store].strike(what);
    await pass(500 + dice(2_500));
    for (const way of struck) way[store].heal();
  },
});

const networkFaults = (store: keyof Ways): Fault[] => [
  network(store, () => ({ kind: 'cut' })),
  network(store, () => ({ kind: 'drop-replies' })),
  network(store, (dice) => ({ kind: 'delay', ms: 20 + dice(400) })),
  network(store, (dice) => ({ kind: 'throttle', bytesPerSecond: 20_000 + dice(100_000) })),
  network(store, () => ({ kind: 'half-open' })),
];

const HOUR_MS = 3_600_000;

export const FAULTS: readonly Fault[] = [
  killed('worker: kill -9', 'worker', ({ cluster }) => cluster.workers),
  killed('api: kill -9', 'api', ({ cluster }) => cluster.apis),
  frozen('worker: SIGSTOP', 'worker', ({ cluster }) => cluster.workers),
  frozen('api: SIGSTOP', 'api', ({ cluster }) => cluster.apis),
  {
    kind: 'redis: kill -9',
    group: 'redis',
    strike: async ({ cluster: { redis } }, dice) => {
      await redis.kill();
      await pass(dice(1_500));
      await redis.restart();
    },
  },
  {
    kind: 'redis: older file',
    group: 'redis',
    losesRedis: true,
    strike: async (system, dice) => {
      const { redis } = system.cluster;
      const copy = system.olderCopy(dice);
      await redis.kill();
      if (copy !== null) await redis.goBackTo(copy);
      await redis.restart();
    },
  },
  {
    kind: 'redis: FLUSHALL',
    group: 'redis',
    losesRedis: true,
    strike: ({ cluster }) => cluster.flush(),
  },
  {
    kind: 'redis: SIGSTOP',
    group: 'redis',
    strike: async ({ cluster: { redis } }, dice) => {
      redis.freeze();
      await pass(500 + dice(2_500));
      redis.thaw();
    },
  },
  {
    kind: 'postgres: kill -9',
    group: 'postgres',
    strike: async ({ cluster: { postgres } }, dice) => {
      await postgres.kill();
      await pass(dice(1_500));
      await postgres.restart();
    },
  },
  {
    kind: 'postgres: SIGSTOP',
    group: 'postgres',
    strike: async ({ cluster: { postgres } }, dice) => {
      await postgres.freeze();
      await pass(500 + dice(4_500));
      await postgres.thaw();
    },
  },
  ...networkFaults('redis'),
  ...networkFaults('postgres'),
  {
    kind: 'clock: leap',
    group: 'clock',
    strike: async (system, dice) => {
      const leaps = [HOUR_MS, -HOUR_MS, 30_000, -30_000, 4_000, -4_000];
      await system.moveClock(leaps[dice(leaps.length)] ?? 0);
      await pass(500 + dice(2_000));
      await system.moveClock(0);
    },
  },
];

function one<T>(list: readonly T[], dice: Dice): T {
  const chosen = list[dice(list.length)];
  if (chosen === undefined) throw new Error('there is nothing to strike');
  return chosen;
}
