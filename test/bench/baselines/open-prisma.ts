import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../../src/generated/prisma/client.js';
import { setting } from './serve.js';

/** As many as the service itself has. */
const CONNECTIONS = 10;

export function openPrisma(): PrismaClient {
  return new PrismaClient({
    adapter: new PrismaPg({ connectionString: setting('DATABASE_URL'), max: CONNECTIONS }),
    transactionOptions: { maxWait: 30_000, timeout: 30_000 },
  });
}
