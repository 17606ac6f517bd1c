import { type DynamicModule, Module } from '@nestjs/common';
import { CancelOrder } from './cancel-order.js';
import { Confirm } from './confirm.js';
import { ConfirmLate } from './confirm-late.js';
import { ConfirmReservation } from './confirm-reservation.js';
import { EndCheckout } from './end-checkout.js';
import { EndReservation } from './end-reservation.js';
import { FindOrders } from './find-orders.js';
import { PaymentMetrics } from './payment-metrics.js';
import { PinReservation } from './pin-reservation.js';
import { ReholdLate } from './rehold-late.js';
import { Settling } from './settling.js';

const PARTS = [
  CancelOrder,
  Confirm,
  ConfirmLate,
  ConfirmReservation,
  EndCheckout,
  EndReservation,
  FindOrders,
  PaymentMetrics,
  PinReservation,
  ReholdLate,
  Settling,
];

/** Pin, void, confirm, settle, cancel: how a hold becomes an order, or does not. */
@Module({})
export class CheckoutModule {
  static with(reservations: DynamicModule): DynamicModule {
    return { module: CheckoutModule, imports: [reservations], providers: PARTS, exports: PARTS };
  }
}
