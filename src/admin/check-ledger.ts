import { Injectable } from '@nestjs/common';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { Audit } from '../reconcile/audit.js';
import { type ActiveSale, ActiveSales } from '../sales/active-sales.js';
import { readSale } from '../sales/sale-record.js';
import type { LedgerCheck, LedgerCheckList, LedgerCompared } from './ledger.dto.js';

const SALES_MAX = 50;
const SALES_AT_ONCE = 5;
const FINDINGS_MAX = 100;

const NOTHING: LedgerCompared = {
  ...{ skus: 0, units: 0, holds: 0, rows: 0, soldUnits: 0, withdrawnUnits: 0, skusLeft: 0, countersOfHolds: false },
};

/** Audits sales for a person who asks, as the worker does by itself. */
@Injectable()
export class CheckLedger {
  constructor(
    private readonly audit: Audit,
    private readonly sales: ActiveSales,
    private readonly postgres: Postgres,
  ) {}

  /** One sale, or at most 50 of those that are not over. Throws sale-not-found. */
  async check(saleId?: string): Promise<LedgerCheckList> {
    if (saleId !== undefined) return { items: [await this.checkOne(saleId)], left: 0 };
    const all = await this.sales.list();
    const sales = all.slice(0, SALES_MAX);
    const items: LedgerCheck[] = [];
    for (let at = 0; at < sales.length; at += SALES_AT_ONCE)
      items.push(...(await Promise.all(sales.slice(at, at + SALES_AT_ONCE).map((sale) => this.auditNow(sale)))));
    return { items, left: all.length - sales.length };
  }

  async checkOne(saleId: string): Promise<LedgerCheck> {
    const sale = await this.published(saleId);
    if (sale) return this.auditNow(sale);
    const why = 'It is a draft: nothing of it is in Redis.';
    return {
      saleId,
      verdict: 'not-compared',
      why,
      epoch: null,
      looks: 0,
      compared: NOTHING,
      findings: [],
      findingsTotal: 0,
    };
  }

  /** Null for a draft. Throws sale-not-found. */
  async published(saleId: string): Promise<ActiveSale | null> {
    if (!(await readSale(this.postgres, saleId))) throw new Problem('sale-not-found', `There is no sale ${saleId}.`);
    return (await this.sales.list([saleId])).find(({ id }) => id === saleId) ?? null;
  }

  private async auditNow(sale: ActiveSale): Promise<LedgerCheck> {
    const { verdict, why, epoch, looks, compared, findings } = await this.audit.run(sale);
    const shown = findings.slice(0, FINDINGS_MAX).map(({ kind, text }) => ({ kind, text }));
    return {
      ...{ saleId: sale.id, verdict, why, epoch, looks, compared: compared ?? NOTHING },
      ...{ findings: shown, findingsTotal: findings.length },
    };
  }
}
