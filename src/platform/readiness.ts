/**
 * `postgres` and `redis` answer; no `writes` of Postgres have failed for want of room; their settings keep the `rules`;
 * `ledger` has been rebuilt once; `draining` is fine until the process begins to stop; `workers` take jobs.
 */
export type Part = 'postgres' | 'redis' | 'writes' | 'rules' | 'ledger' | 'workers' | 'draining';

/** A store without which, or without whose writes, part of the work still gets done. */
export type Degraded = 'redis' | 'postgres';

/** What stands in the way of traffic: `reason` is a sentence for a person. */
export type ReadinessState = { ready: true; degraded: Degraded[] } | { ready: false; reason: string };

/**
 * Whether this process may be sent requests. Pure state: the parts report, the health route reads.
 * A part that has not reported yet is not all right, but for `draining`, which is reported `false` when draining begins, `rules`, when one is broken,
 * `workers`, when one is stuck, and `writes`, when they fail.
 */
export class Readiness {
  /** What an operator should set right though this process works, a sentence each. */
  warnings: readonly string[] = [];
  private readonly ok = new Map<Part, boolean>([
    ['draining', true],
    ['rules', true],
    ['workers', true],
    ['writes', true],
  ]);

  /** `ok` false: the part is in the way (Postgres out of reach, draining under way). */
  report(part: Part, ok: boolean): void {
    this.ok.set(part, ok);
  }

  get draining(): boolean {
    return !this.isOk('draining');
  }

  state(): ReadinessState {
    if (this.draining) return { ready: false, reason: 'This process is stopping and takes no new work.' };
    if (!this.isOk('postgres')) return { ready: false, reason: 'Postgres is out of reach.' };
    if (!this.isOk('rules'))
      return { ready: false, reason: 'A store is set so that promises would break; see the log.' };
    if (!this.isOk('ledger')) return { ready: false, reason: 'The ledger has not been built from Postgres yet.' };
    if (!this.isOk('workers'))
      return { ready: false, reason: 'A worker of this process takes no jobs; it is replaced.' };
    return { ready: true, degraded: this.degraded() };
  }

  private degraded(): Degraded[] {
    return [...(this.isOk('redis') ? [] : ['redis' as const]), ...(this.isOk('writes') ? [] : ['postgres' as const])];
  }

  isOk(part: Part): boolean {
    return this.ok.get(part) ?? false;
  }
}
