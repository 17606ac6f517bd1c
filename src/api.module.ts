import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { CheckoutController } from './checkout/checkout.controller.js';
import { OrdersController } from './checkout/orders.controller.js';
import { ReservationsController } from './reservations/reservations.controller.js';
import { SaleCatalogModule } from './sales/sale-catalog.module.js';
import { SalesAdminController } from './sales/sales-admin.controller.js';
import { SalesController } from './sales/sales.controller.js';
import { SalesModule } from './sales/sales.module.js';

/** Table of contents of the HTTP process. */
@Module({})
export class ApiModule {
  static with(reservations: DynamicModule, checkout: DynamicModule): DynamicModule {
    return {
      module: ApiModule,
      imports: [AccessModule, SaleCatalogModule, SalesModule, reservations, checkout],
      controllers: [
        SalesAdminController,
        SalesController,
        ReservationsController,
        CheckoutController,
        OrdersController,
      ],
    };
  }
}
