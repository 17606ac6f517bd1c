import { type DynamicModule, Module } from '@nestjs/common';
import { CustomerRequestRecords } from './customer-requests.js';
import { CustomerRows } from './customer-rows.js';
import { EraseCustomer } from './erase-customer.js';
import { ExportCustomer } from './export-customer.js';

const PARTS = [CustomerRows, CustomerRequestRecords, EraseCustomer, ExportCustomer];

/** A customer's data is exported and erased. The controller is the process module's to add. */
@Module({})
export class CustomersModule {
  static with(reservations: DynamicModule, checkout: DynamicModule): DynamicModule {
    return { module: CustomersModule, imports: [reservations, checkout], providers: PARTS, exports: PARTS };
  }
}
