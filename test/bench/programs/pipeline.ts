import 'reflect-metadata';
import { HoldfastModule } from '../../../src/holdfast.module.js';
import { createApp } from '../../../src/platform/bootstrap.js';
import { readConfig } from '../../../src/platform/read-config.js';
import { Reserve } from '../../../src/reservations/reserve.js';
import { SaleCatalog } from '../../../src/sales/sale-catalog.js';
import type { CountSaid } from './run-count.js';

// Everything of a reservation but HTTP: lines, id, records, queue, worker, hold, journal, announcement, answer.
// argv: the sale, its SKU, how many at a time, seconds to warm up, seconds to count.
const [saleId = '', skuId = '', atATime, warmSeconds, seconds] = process.argv.slice(2);
const app = await createApp(readConfig(process.env), HoldfastModule.with(readConfig(process.env)));
const reserve = app.get(Reserve, { strict: false });
const catalog = app.get(SaleCatalog, { strict: false });
const body = { lines: [{ skuId, quantity: 1 }] };
let decided = 0;
let started = 0;
let over = false;

async function buy(): Promise<void> {
  while (!over) {
    const sale = await catalog.find(saleId);
    if (!sale) throw new Error(`${saleId} is not there`);
    const number = ++started;
    const ask = { sale, customerId: `c_${process.pid}_${number}`, body, idempotencyKey: `k_${number}`, keyed: false };
    const { reservation } = await reserve.reserve({ ...ask, waitMs: 30_000, requestId: 'bench' });
    if (reservation.status !== 'held') throw new Error(`a reservation is ${reservation.status}`);
    decided++;
  }
}

for (let i = 0; i < Number(atATime); i++)
  buy().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
setTimeout(
  () => {
    const [from, cpu, began] = [decided, process.cpuUsage(), performance.now()];
    setTimeout(
      () => {
        const { user, system } = process.cpuUsage(cpu);
        const count = decided - from;
        const perSecond = (count * 1_000) / (performance.now() - began);
        const said: CountSaid = { perSecond, cpuMicrosEach: (user + system) / Math.max(1, count) };
        over = true;
        process.send?.(said, () => process.exit(0));
      },
      Number(seconds) * 1_000,
    );
  },
  Number(warmSeconds) * 1_000,
);
