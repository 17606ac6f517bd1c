import { Injectable } from '@nestjs/common';
import { Metrics } from '../platform/metrics.js';
import type { Audited, Verdict } from './audit.js';

/** How often sales were audited, what came of it, and what did not agree. */
@Injectable()
export class AuditMetrics {
  private readonly audits;
  private readonly findings;
  private readonly suspects;
  private readonly duration;
  private readonly verdicts = new Map<string, Verdict>();

  constructor(metrics: Metrics) {
    this.audits = metrics.counter(
      'holdfast_audits_total',
      'Audits of a sale begun here, by verdict; not-compared: its state was out of reach.',
      ['verdict'],
    );
    this.findings = metrics.counter(
      'holdfast_audit_findings_total',
      'What did not agree between Redis and Postgres, by kind.',
      ['kind'],
    );
    this.suspects = metrics.gauge(
      'holdfast_audit_suspect_sales',
      'Sales that this process has found not to agree when it audited them last.',
      ['verdict'],
    );
    this.duration = metrics
      .durations('holdfast_audit_duration_seconds', 'One audit of one sale, pauses included.')
      .of();
  }

  audited(saleId: string, { verdict, findings }: Audited, ms: number): void {
    this.audits.inc({ verdict });
    for (const { kind } of findings) this.findings.inc({ kind });
    this.duration.observe(ms / 1_000);
    if (verdict === 'not-compared') return;
    this.verdicts.set(saleId, verdict);
    this.count();
  }

  /** Forgets sales that nobody audits any more. */
  keepOnly(saleIds: ReadonlySet<string>): void {
    for (const saleId of this.verdicts.keys()) if (!saleIds.has(saleId)) this.verdicts.delete(saleId);
    this.count();
  }

  private count(): void {
    for (const verdict of ['drift', 'postgres-older'] as const) {
      const sales = [...this.verdicts.values()].filter((each) => each === verdict);
      this.suspects.set({ verdict }, sales.length);
    }
  }
}
