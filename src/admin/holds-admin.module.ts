import { type DynamicModule, Module } from '@nestjs/common';
import { AsRedisSays } from './as-redis-says.js';
import { BulkHolds } from './bulk-holds.js';
import { BulkRun } from './bulk-run.js';
import { ChangeHold } from './change-hold.js';
import { ExportHolds } from './export-holds.js';
import { ExportOrders } from './export-orders.js';
import { FailedJobs } from './failed-jobs.queue.js';
import { ListHolds } from './list-holds.js';
import { LiveHolds } from './live-holds.js';

const PARTS = [
  LiveHolds,
  AsRedisSays,
  ListHolds,
  ChangeHold,
  BulkHolds,
  BulkRun,
  FailedJobs,
  ExportHolds,
  ExportOrders,
];

/** Operators see what is held, give it back and prolong it. Controllers are the process module's to add. */
@Module({})
export class HoldsAdminModule {
  static with(reservations: DynamicModule, checkout: DynamicModule): DynamicModule {
    return { module: HoldsAdminModule, imports: [reservations, checkout], providers: PARTS, exports: PARTS };
  }
}
