import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { AdminModule } from './admin/admin.module.js';
import { ApiKeysController } from './admin/api-keys.controller.js';
import { AuditController } from './admin/audit.controller.js';
import { ExportsController } from './admin/exports.controller.js';
import { HistoryController } from './admin/history.controller.js';
import { BulkRunsController } from './admin/bulk-runs.controller.js';
import { HoldsAdminModule } from './admin/holds-admin.module.js';
import { HoldsController } from './admin/holds.controller.js';
import { LedgerAdminModule } from './admin/ledger-admin.module.js';
import { LedgerController } from './admin/ledger.controller.js';
import { StatsEventsController } from './admin/stats-events.controller.js';
import { StatsController } from './admin/stats.controller.js';
import { StatsModule } from './admin/stats.module.js';
import { SessionController } from './admin/session.controller.js';
import { CheckoutController } from './checkout/checkout.controller.js';
import { OrdersController } from './checkout/orders.controller.js';
import { CustomersController } from './forgetting/customers.controller.js';
import { CustomersModule } from './forgetting/customers.module.js';
import { PagesModule } from './pages/pages.module.js';
import { ReservationEventsController } from './reservations/reservation-events.controller.js';
import { ReservationsController } from './reservations/reservations.controller.js';
import { ShedRequests } from './reservations/shed-requests.js';
import { QueuesController } from './admin/queues.controller.js';
import { SaleCatalogModule } from './sales/sale-catalog.module.js';
import { SaleEventsController } from './sales/sale-events.controller.js';
import { SalesAdminController } from './sales/sales-admin.controller.js';
import { SalesController } from './sales/sales.controller.js';
import { SalesModule } from './sales/sales.module.js';
import { ReleaseScheduleController } from './supply/release-schedule.controller.js';
import { SaleSkusController } from './supply/sale-skus.controller.js';
import { SkusAdminController } from './supply/skus-admin.controller.js';
import { SupplyModule } from './supply/supply.module.js';

/** Table of contents of the HTTP process. */
@Module({})
export class ApiModule {
  static with(reservations: DynamicModule, checkout: DynamicModule): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        AccessModule,
        AdminModule,
        LedgerAdminModule,
        HoldsAdminModule.with(reservations, checkout),
        PagesModule,
        SaleCatalogModule,
        SalesModule,
        SupplyModule,
        reservations,
        checkout,
        CustomersModule.with(reservations, checkout),
        StatsModule.with(reservations),
      ],
      controllers: [
        SalesAdminController,
        SkusAdminController,
        SaleSkusController,
        ReleaseScheduleController,
        SalesController,
        SaleEventsController,
        ReservationsController,
        ReservationEventsController,
        CheckoutController,
        OrdersController,
        ApiKeysController,
        SessionController,
        LedgerController,
        HoldsController,
        StatsController,
        StatsEventsController,
        AuditController,
        HistoryController,
        BulkRunsController,
        ExportsController,
        QueuesController,
        CustomersController,
      ],
      providers: [ShedRequests],
    };
  }
}
