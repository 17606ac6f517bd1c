import { Audit, type Audited } from '../src/reconcile/audit.js';
import { AuditLook } from '../src/reconcile/audit-look.js';
import type { LedgerHarness } from './ledger-harness.js';
import type { LedgerSale } from './ledger-sale.js';

/** Short: nothing of a harness is under way by itself. */
const GRACE_MS = 10;

/** The audit of one process, on the parts of a harness. */
export class AuditParts {
  readonly looks: AuditLook;
  readonly audit: Audit;

  constructor(harness: LedgerHarness) {
    this.looks = new AuditLook(harness.ledger, harness.postgres, harness.writeEpoch);
    this.audit = new Audit(this.looks, harness.config);
  }

  run(sale: LedgerSale): Promise<Audited> {
    return this.audit.run(sale, GRACE_MS);
  }

  /** The verdict, and each finding as 'kind: text'. */
  async findings(sale: LedgerSale): Promise<string[]> {
    const { verdict, findings } = await this.run(sale);
    return [verdict, ...findings.map(({ kind, text }) => `${kind}: ${text}`)];
  }
}
