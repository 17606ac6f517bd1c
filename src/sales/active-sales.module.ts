import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { ActiveSales } from './active-sales.js';
import { LedgerReadiness } from './ledger-readiness.js';

/** Which sales need state in Redis, and whether they have it. */
@Module({ imports: [InventoryModule], providers: [ActiveSales, LedgerReadiness], exports: [ActiveSales] })
export class ActiveSalesModule {}
