import { Injectable } from '@nestjs/common';
import { AuditTurn } from '../inventory/audit-turn.js';
import { auditLock } from '../inventory/in-epoch.js';
import { InventoryConnection } from '../inventory/inventory-connection.js';
import { LAYOUT } from '../inventory/layout.js';
import { RebuildRequests } from '../inventory/rebuild-requests.js';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { Postgres } from '../platform/postgres.js';
import { whileLocked } from '../platform/session-lock.js';
import { type ActiveSale, ActiveSales } from '../sales/active-sales.js';
import { Audit, type Audited } from './audit.js';
import { AuditMetrics } from './audit-metrics.js';

const FINDINGS_IN_LOG_MAX = 20;
/** Two workers' clocks and tickers are never quite together: the next turn is due a little before the interval is over. */
const TURN_PART = 0.9;

/** Audits every active sale in turn, tells what does not agree, and has it rebuilt where that heals it. */
@Injectable()
export class AuditRun {
  private readonly stopping = new AbortController();
  /** What was found in the last epoch that an audit has had rebuilt, by sale. */
  private readonly rebuiltFor = new Map<string, { found: string; epoch: number }>();

  constructor(
    private readonly audit: Audit,
    private readonly sales: ActiveSales,
    private readonly turn: AuditTurn,
    private readonly postgres: Postgres,
    private readonly connection: InventoryConnection,
    private readonly rebuilds: RebuildRequests,
    private readonly metrics: AuditMetrics,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  /** Returns how many sales it audited. Those whose turn another worker has taken are left to it. */
  async runOnce(): Promise<number> {
    const runId = this.connection.runId();
    if (!runId || !this.postgres.isUp()) return 0;
    const sales = await this.sales.list();
    this.metrics.keepOnly(new Set(sales.map(({ id }) => id)));
    let audited = 0;
    for (const sale of sales) {
      // What waits for a rebuild, or for a newer version, is not ours to compare.
      if (this.stopping.signal.aborted) break;
      if (sale.redis_run_id !== runId || sale.layout > LAYOUT.newest) continue;
      if (!(await this.turn.take(sale, this.config.auditIntervalMs * TURN_PART))) continue;
      if (await whileLocked(this.postgres, auditLock(sale), () => this.auditOne(sale))) audited++;
    }
    return audited;
  }

  /** An audit that waits for its next look is given up: a process that stops has better things to do. */
  stop(): void {
    this.stopping.abort();
  }

  private async auditOne(sale: ActiveSale): Promise<Audited> {
    const began = performance.now();
    const audited = await this.audit.run(sale, undefined, this.stopping.signal);
    this.metrics.audited(sale.id, audited, performance.now() - began);
    const { verdict } = audited;
    if (verdict === 'agrees') this.rebuiltFor.delete(sale.id);
    if (verdict === 'drift') await this.suspect(sale, audited);
    if (verdict === 'postgres-older')
      this.tell(sale, audited, 'Postgres is older than Redis knows: restore the newest one');
    return audited;
  }

  /** A rebuild that has not healed it would not heal it the next time, and stops the sale each time. */
  private async suspect(sale: ActiveSale, audited: Audited): Promise<void> {
    const epoch = audited.epoch ?? sale.epoch;
    const found = audited.findings.map(({ text }) => text).join('\n');
    const before = this.rebuiltFor.get(sale.id);
    if (before?.found === found && before.epoch < epoch) {
      this.tell(sale, audited, 'a rebuild has not healed it: see GET /v1/admin/ledger/check');
      return;
    }
    if (before?.epoch !== epoch) this.tell(sale, audited, 'rebuilding it from Postgres');
    this.rebuiltFor.set(sale.id, { found, epoch });
    await this.rebuilds.suspect(sale.id, epoch);
  }

  private tell({ id: saleId }: ActiveSale, audited: Audited, consequence: string): void {
    const { verdict, epoch, compared, findings } = audited;
    const texts = findings.slice(0, FINDINGS_IN_LOG_MAX).map(({ kind, text }) => `${kind}: ${text}`);
    const line = { saleId, verdict, epoch, compared, findingsTotal: findings.length, findings: texts };
    const level = verdict === 'postgres-older' ? 'fatal' : 'error';
    this.log.root[level](line, `the audit found that Redis and Postgres do not agree; ${consequence}`);
  }
}
