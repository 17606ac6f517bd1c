import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { ActiveSalesModule } from '../sales/active-sales.module.js';
import { Audit } from './audit.js';
import { AuditLook } from './audit-look.js';
import { AuditMetrics } from './audit-metrics.js';
import { AuditRun } from './audit-run.js';
import { ClockBeat } from './clock-beat.js';
import { Guardian } from './guardian.js';
import { PlanRebuild } from './plan-rebuild.js';
import { Rebuild } from './rebuild.js';
import { RebuildMetrics } from './rebuild-metrics.js';
import { ReconcilePins } from './reconcile-pins.js';
import { KnownSold } from './known-sold.js';

const PARTS = [
  ...[ClockBeat, Guardian, Rebuild, RebuildMetrics, ReconcilePins, KnownSold, PlanRebuild],
  ...[Audit, AuditLook, AuditMetrics, AuditRun],
];

/** Redis is what Postgres says it is, or is made so. */
@Module({ imports: [InventoryModule, ActiveSalesModule], providers: PARTS, exports: PARTS })
export class ReconcileModule {}
