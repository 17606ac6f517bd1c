import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { CheckoutController } from './checkout/checkout.controller.js';
import { OrdersController } from './checkout/orders.controller.js';
import { ReservationsController } from './reservations/reservations.controller.js';
import { SaleCatalogModule } from './sales/sale-catalog.module.js';

/** Table of contents of the HTTP process. */
@Module({})
export class ApiModule {
  static with(reservations: DynamicModule, checkout: DynamicModule): DynamicModule {
    return {
      module: ApiModule,
      imports: [AccessModule, SaleCatalogModule, reservations, checkout],
      controllers: [ReservationsController, CheckoutController, OrdersController],
    };
  }
}
