import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { ReconcileModule } from '../reconcile/reconcile.module.js';
import { ActiveSalesModule } from '../sales/active-sales.module.js';
import { CheckLedger } from './check-ledger.js';
import { RepairLedger } from './repair-ledger.js';

const PARTS = [CheckLedger, RepairLedger];

/** Operators look at the books, and have them put right. */
@Module({ imports: [InventoryModule, ReconcileModule, ActiveSalesModule], providers: PARTS, exports: PARTS })
export class LedgerAdminModule {}
