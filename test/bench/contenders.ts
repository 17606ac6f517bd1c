import { fileURLToPath } from 'node:url';
import { type BenchStores, dropDatabase, freshDatabase, onPostgres } from './bench-stores.js';
import { Holdfast, type ReserveRequest } from './holdfast.js';
import { type Program, startProgram } from './program.js';

/** Something that takes reserve requests, running. */
export interface Contender {
  readonly programs: readonly Program[];
  readonly request: ReserveRequest;
  /** The status that counts as done. */
  readonly status: number;
  /** Of Holdfast's own: for rows that need more than the crowd's request. */
  readonly holdfast?: Holdfast;
  readonly databaseUrl?: string;
  stop(): Promise<void>;
}

/** What a baseline keeps besides what Prisma's schema has: a count, and who holds what. */
const BASELINE_TABLES = [
  'CREATE TABLE baseline_stock (sku_id text PRIMARY KEY, available integer NOT NULL)',
  `INSERT INTO baseline_stock VALUES ('sku', 1000000000)`,
  `CREATE TABLE baseline_holds (id text PRIMARY KEY, customer_id text NOT NULL, sku_id text NOT NULL,
     quantity integer NOT NULL, held_at timestamptz NOT NULL DEFAULT now())`,
];

const BODY = '{"customerId":"c_{n}","lines":[{"skuId":"sku_4k2m9x0a1b3c","quantity":1}]}';

/** Everything that the first rows of the table compare, by name. */
export const CONTENDERS = {
  reserve: (stores: BenchStores) => startHoldfast(stores, ['all']),
  'reserve-split': (stores: BenchStores) => startHoldfast(stores, ['api', 'worker']),
  empty: (stores: BenchStores) => startBaseline(stores, 'empty-post'),
  'empty-bursts': (stores: BenchStores) => startBaseline(stores, 'empty-post-bursts'),
  'one-job': (stores: BenchStores) => startBaseline(stores, 'one-job'),
  'prisma-update': (stores: BenchStores) => startBaseline(stores, 'prisma-update'),
  'prisma-for-update': (stores: BenchStores) => startBaseline(stores, 'prisma-for-update'),
  'direct-lua': (stores: BenchStores) => startBaseline(stores, 'direct-lua'),
  'prisma-order': (stores: BenchStores) => startBaseline(stores, 'prisma-order'),
} as const;

export type ContenderName = keyof typeof CONTENDERS;

async function startHoldfast(stores: BenchStores, roles: readonly string[]): Promise<Contender> {
  const holdfast = await Holdfast.start(stores, `holdfast-${roles.length}`, roles);
  const sale = await holdfast.sell();
  return {
    ...{ programs: holdfast.programs, request: holdfast.reserve(sale), status: 201, holdfast },
    stop: () => holdfast.stop(),
  };
}

async function startBaseline(stores: BenchStores, name: string): Promise<Contender> {
  const databaseUrl = await freshDatabase(stores, name.replaceAll('-', '_'));
  await onPostgres(databaseUrl, BASELINE_TABLES);
  const file = fileURLToPath(new URL(`./baselines/${name}.js`, import.meta.url));
  const program = await startProgram(stores, name, file, { DATABASE_URL: databaseUrl, REDIS_URL: stores.redisUrl });
  return {
    programs: [program],
    request: { port: program.port, method: 'POST', path: '/reservations', headers: {}, body: BODY },
    status: 201,
    databaseUrl,
    stop: async () => {
      await program.stop();
      await dropDatabase(stores, databaseUrl);
    },
  };
}
