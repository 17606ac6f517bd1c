import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { ActiveSalesModule } from '../sales/active-sales.module.js';
import { SaleCatalogModule } from '../sales/sale-catalog.module.js';
import { AddSku } from './add-sku.js';
import { BlockUnits } from './block-units.js';
import { ChangeCapacity } from './change-capacity.js';
import { ChangeSku } from './change-sku.js';
import { ImportUnits } from './import-units.js';
import { PublishSupply } from './publish-supply.js';
import { ReadSku } from './read-sku.js';
import { ReconcileSupply } from './reconcile-supply.js';
import { ReleaseRun } from './release-run.js';
import { ReleaseSchedule } from './release-schedule.js';
import { SupplyLock } from './supply-lock.js';
import { SupplyRun } from './supply-run.js';

const PARTS = [
  SupplyLock,
  ReconcileSupply,
  PublishSupply,
  ReadSku,
  ChangeCapacity,
  BlockUnits,
  AddSku,
  ChangeSku,
  ImportUnits,
  SupplyRun,
  ReleaseSchedule,
  ReleaseRun,
];

/** What there is to sell grows, shrinks and is kept back, while it is sold. */
@Module({ imports: [InventoryModule, ActiveSalesModule, SaleCatalogModule], providers: PARTS, exports: PARTS })
export class SupplyModule {}
