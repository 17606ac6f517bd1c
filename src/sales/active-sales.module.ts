import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { ActiveSales } from './active-sales.js';
import { LedgerReadiness } from './ledger-readiness.js';
import { StockMetrics } from './stock-metrics.js';

/** Which sales need state in Redis, and whether they have it. */
@Module({ imports: [InventoryModule], providers: [ActiveSales, LedgerReadiness, StockMetrics], exports: [ActiveSales] })
export class ActiveSalesModule {}
