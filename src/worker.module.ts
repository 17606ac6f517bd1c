import { type DynamicModule, Module } from '@nestjs/common';
import { BulkWorker } from './admin/bulk.worker.js';
import { HoldsAdminModule } from './admin/holds-admin.module.js';
import { CheckoutWindowsWorker } from './checkout/checkout-windows.worker.js';
import { Settling } from './checkout/settling.js';
import { EventsModule } from './events/events.module.js';
import { RelayWorker } from './events/relay.worker.js';
import { ExpiryModule } from './expiry/expiry.module.js';
import { ExpiryWorker } from './expiry/expiry.worker.js';
import { ForgettingModule } from './forgetting/forgetting.module.js';
import { ForgettingWorker } from './forgetting/forgetting.worker.js';
import { AuditWorker } from './reconcile/audit.worker.js';
import { GuardianWorker } from './reconcile/guardian.worker.js';
import { ReconcileModule } from './reconcile/reconcile.module.js';
import { OpenWorkers } from './reservations/open-workers.js';
import { ReserveWorker } from './reservations/reserve.worker.js';
import { StuckWorkers } from './reservations/stuck-workers.worker.js';
import { ActiveSalesModule } from './sales/active-sales.module.js';
import { STATUS_FACTS } from './sales/sale-states.js';
import { SaleScheduleWorker } from './sales/sale-schedule.worker.js';
import { SalesModule } from './sales/sales.module.js';
import { SupplyModule } from './supply/supply.module.js';
import { SupplyWorker } from './supply/supply.worker.js';

/** Table of contents of the worker process. Of HTTP it answers /health alone, for whoever watches it. */
@Module({})
export class WorkerModule {
  static with(reservations: DynamicModule, checkout: DynamicModule): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        reservations,
        checkout,
        ExpiryModule.with(reservations),
        HoldsAdminModule.with(reservations, checkout),
        EventsModule.with([checkout], [Settling], Object.values(STATUS_FACTS)),
        ForgettingModule.with(reservations),
        ReconcileModule,
        ActiveSalesModule,
        SalesModule,
        SupplyModule,
      ],
      providers: [
        OpenWorkers,
        ReserveWorker,
        StuckWorkers,
        ExpiryWorker,
        CheckoutWindowsWorker,
        RelayWorker,
        GuardianWorker,
        AuditWorker,
        SaleScheduleWorker,
        SupplyWorker,
        ForgettingWorker,
        BulkWorker,
      ],
    };
  }
}
