import { type DynamicModule, Module } from '@nestjs/common';
import { ApiModule } from './api.module.js';
import { CheckoutModule } from './checkout/checkout.module.js';
import { DemoShopModule } from './demo-shop/demo-shop.module.js';
import type { Config } from './platform/config.js';
import { PlatformModule } from './platform/platform.module.js';
import { ClockBeatWorker } from './reconcile/clock-beat.worker.js';
import { ReconcileModule } from './reconcile/reconcile.module.js';
import { ReservationsModule } from './reservations/reservations.module.js';
import { ActiveSalesModule } from './sales/active-sales.module.js';
import { WorkerModule } from './worker.module.js';

/** The root: the platform, and what ROLE asks for. With `all`, API and worker share one of everything. */
@Module({})
export class HoldfastModule {
  static with(config: Config): DynamicModule {
    const reservations = ReservationsModule.with(config);
    const checkout = CheckoutModule.with(reservations);
    const api = config.role === 'worker' ? [] : [ApiModule.with(reservations, checkout), ...DemoShopModule.in(config)];
    const worker = config.role === 'api' ? [] : [WorkerModule.with(reservations, checkout)];
    const always = [PlatformModule.with(config), ActiveSalesModule, ReconcileModule];
    return { module: HoldfastModule, imports: [...always, ...api, ...worker], providers: [ClockBeatWorker] };
  }
}
