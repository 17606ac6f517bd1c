import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../../src/generated/prisma/client.js';
import { setting } from './serve.js';

/** More connections make transactions on one row slower, fewer leave Postgres idle: 10 was the best of 5, 10, 20 and 40. */
const CONNECTIONS = 10;

export function openPrisma(): PrismaClient {
  return new PrismaClient({
    adapter: new PrismaPg({ connectionString: setting('DATABASE_URL'), max: CONNECTIONS }),
    transactionOptions: { maxWait: 30_000, timeout: 30_000 },
  });
}
