import { randomUUID } from 'node:crypto';
import { Body, Controller, Post } from '@nestjs/common';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { fillStock, type HeldOne, type HoldAsked, holdOne } from './hold-one.js';
import { serve, setting } from './serve.js';

const CONCURRENCY = 64;
const INSERT = 'INSERT INTO baseline_holds (id, customer_id, sku_id, quantity) VALUES ($1, $2, $3, $4)';

const url = setting('REDIS_URL');
const connection = (): Redis => new Redis(url, { maxRetriesPerRequest: null });
const redis = connection();
const pool = new pg.Pool({ connectionString: setting('DATABASE_URL'), max: 20 });
const queue = new Queue<HoldAsked>('baseline', { connection: connection() });
const waiting = new Map<string, (held: HeldOne) => void>();

/** Who asks and who decides share a process, so that a result costs no message: the best that this design can do. */
const worker = new Worker<HoldAsked>(
  'baseline',
  async (job) => {
    const held = await holdOne(redis, job.data);
    const { customerId, lines } = job.data;
    if (held.status === 'held') {
      const values = [held.id, customerId, lines[0]?.skuId, lines[0]?.quantity];
      await pool.query({ name: 'hold', text: INSERT, values });
    }
    waiting.get(job.id ?? '')?.(held);
    waiting.delete(job.id ?? '');
  },
  { connection: connection(), concurrency: CONCURRENCY, removeOnComplete: { count: 0 } },
);
worker.on('error', () => undefined);

/** One BullMQ job a request: what one builds first. A script call decides, a row is the journal. */
@Controller()
class OneJob {
  @Post('reservations')
  async create(@Body() asked: HoldAsked): Promise<HeldOne> {
    const jobId = randomUUID();
    const held = new Promise<HeldOne>((decided) => waiting.set(jobId, decided));
    await queue.add('hold', asked, { jobId });
    return held;
  }
}

await fillStock(redis);
await serve(OneJob);
