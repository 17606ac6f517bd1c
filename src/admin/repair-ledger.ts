import { Injectable } from '@nestjs/common';
import { appendToAudit } from '../events/audit-log.js';
import { redisUnavailable } from '../platform/redis.js';
import { InventoryConnection } from '../inventory/inventory-connection.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { KnownSold } from '../reconcile/known-sold.js';
import { PlanRebuild } from '../reconcile/plan-rebuild.js';
import { Rebuild } from '../reconcile/rebuild.js';
import { RebuildMetrics } from '../reconcile/rebuild-metrics.js';
import type { ActiveSale } from '../sales/active-sales.js';
import { CheckLedger } from './check-ledger.js';
import type { LedgerCheck, LedgerRepair, RepairLedgerBody } from './ledger.dto.js';

/** Builds a sale in Redis anew from Postgres, for a person who says why. */
@Injectable()
export class RepairLedger {
  constructor(
    private readonly checking: CheckLedger,
    private readonly plan: PlanRebuild,
    private readonly known: KnownSold,
    private readonly rebuild: Rebuild,
    private readonly metrics: RebuildMetrics,
    private readonly connection: InventoryConnection,
    private readonly postgres: Postgres,
  ) {}

  /**
   * Says what it would do, or does it, with a line in the audit log. A repeat rebuilds again, which changes nothing where nothing is
   * wrong. Throws sale-not-found, sale-state-conflict (a draft; a Postgres that has forgotten orders, unless that
   * is accepted), and store-unavailable.
   */
  async repair(body: RepairLedgerBody, actor: string): Promise<LedgerRepair> {
    const { saleId, dryRun = true, acceptOlderPostgres = false, reason } = body;
    const sale = await this.checking.published(saleId);
    if (!sale) throw conflict('sale-is-draft', 'The sale is a draft: nothing of it is in Redis.');
    const before = await this.checking.checkOne(saleId);
    const steps = await this.plan.inWords(sale);
    if (dryRun) return { dryRun, outcome: 'dry-run', steps, before };
    if (!acceptOlderPostgres) await this.refuseToForget(sale, before);
    if (!this.connection.runId()) throw redisUnavailable();
    const entry = { actor, action: 'ledger.repair', subject: saleId, reason };
    const found = { epoch: sale.epoch, verdict: before.verdict, findings: before.findingsTotal };
    await this.postgres.transaction((client) =>
      appendToAudit(client, [{ ...entry, before: found, after: { acceptOlderPostgres } }]),
    );
    const rebuilt = await this.metrics.rebuild('repair', () => this.rebuild.rebuild(sale));
    return { dryRun, outcome: rebuilt ? 'rebuilt' : 'rebuilt-by-another', steps, before };
  }

  private async refuseToForget(sale: ActiveSale, { verdict, findings }: LedgerCheck): Promise<void> {
    const beyond = await this.known.beyond(sale, sale.epoch);
    if (verdict !== 'postgres-older' && !beyond) return;
    const found =
      findings.find(({ kind }) => kind === 'postgres-older')?.text ?? 'Redis has sold more than Postgres knows';
    throw conflict('postgres-older', `${found}: a rebuild would sell those units again. Restore the newest Postgres.`);
  }
}

function conflict(reason: string, detail: string): Problem {
  return new Problem('sale-state-conflict', detail, { reason });
}
