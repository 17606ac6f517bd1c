import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { Availability } from './availability.js';
import { ChangeSale } from './change-sale.js';
import { CreateSale } from './create-sale.js';
import { PublishedSales } from './published-sales.js';
import { SaleEvents } from './sale-events.js';
import { SaleCatalogModule } from './sale-catalog.module.js';
import { SaleSchedule } from './sale-schedule.js';

const PARTS = [CreateSale, ChangeSale, PublishedSales, Availability, SaleEvents, SaleSchedule];

/** A sale is made, opens, shows what is available, pauses, closes. Controllers and the worker are the process modules' to add. */
@Module({ imports: [InventoryModule, SaleCatalogModule], providers: PARTS, exports: PARTS })
export class SalesModule {}
