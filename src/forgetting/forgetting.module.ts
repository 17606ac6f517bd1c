import { type DynamicModule, Module } from '@nestjs/common';
import { ActiveSalesModule } from '../sales/active-sales.module.js';
import { DropLeftovers } from './drop-leftovers.js';
import { Forget } from './forget.js';
import { ForgetRequests } from './forget-requests.js';
import { ForgetRows } from './forget-rows.js';
import { RetireSales } from './retire-sales.js';

const PARTS = [Forget, ForgetRequests, ForgetRows, RetireSales, DropLeftovers];

/** What is older than is kept goes. */
@Module({})
export class ForgettingModule {
  static with(reservations: DynamicModule): DynamicModule {
    return {
      module: ForgettingModule,
      imports: [reservations, ActiveSalesModule],
      providers: PARTS,
      exports: PARTS,
    };
  }
}
