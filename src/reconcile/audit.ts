import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { EpochOver } from '../inventory/in-epoch.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { Config } from '../platform/config.js';
import { Problem } from '../problems.js';
import type { Compared, Finding, Look } from './audit-finding.js';
import { AuditLook } from './audit-look.js';

/** Beside the first; in between the stores have time to follow each other. */
const LOOKS_AGAIN = 2;

/**
 * `agrees`; `drift`: a rebuild from Postgres heals it; `postgres-older`: it must not be rebuilt from this Postgres;
 * `not-compared`: the sale's state is out of reach, or was rebuilt meanwhile.
 */
export const VERDICTS = ['agrees', 'drift', 'postgres-older', 'not-compared'] as const;

export type Verdict = (typeof VERDICTS)[number];

export interface Audited {
  readonly verdict: Verdict;
  readonly epoch: number | null;
  readonly findings: readonly Finding[];
  readonly compared: Compared | null;
  /** How often both stores were read; 1 unless something differed at first. */
  readonly looks: number;
  /** Why nothing was compared. */
  readonly why: string | null;
}

/** Compares a sale in both stores without stopping it; what may be a change under way counts only when it stays. */
@Injectable()
export class Audit {
  /** Longer than a write between the stores can take that is still under way. */
  private readonly graceMs: number;

  constructor(
    private readonly looks: AuditLook,
    config: Config,
  ) {
    this.graceMs = config.pgStatementTimeoutMs + config.redisCommandTimeoutMs;
  }

  /** Takes a look; with something uncertain two more, half of `graceMs` apart, unless `stopping`. A store that is away is `not-compared`. */
  async run(sale: SaleRef, graceMs = this.graceMs, stopping?: AbortSignal): Promise<Audited> {
    try {
      let last = await this.looks.look(sale);
      const certain = new Map(last.certain.map((finding) => [finding.text, finding]));
      let maybe = last.maybe;
      let looks = 1;
      for (; maybe.length > 0 && looks <= LOOKS_AGAIN; looks++) {
        await pause(graceMs / LOOKS_AGAIN, undefined, { ...(stopping && { signal: stopping }) });
        const again = await this.looks.look(sale);
        if (again.epoch !== last.epoch) throw new EpochOver(sale);
        for (const finding of again.certain) certain.set(finding.text, finding);
        maybe = stillThere(maybe, again.maybe);
        last = again;
      }
      return audited(last, [...certain.values(), ...maybe], looks);
    } catch (error) {
      return failed(error);
    }
  }
}

/** In the words of the later look: its figures are the newer ones. */
function stillThere(before: readonly Finding[], now: readonly Finding[]): Finding[] {
  const identity = ({ kind, about, text }: Finding): string => `${kind} ${about ?? text}`;
  const known = new Set(before.map(identity));
  return now.filter((finding) => known.has(identity(finding)));
}

function audited({ epoch, compared }: Look, findings: readonly Finding[], looks: number): Audited {
  const isOlder = findings.some(({ kind }) => kind === 'postgres-older');
  const verdict = isOlder ? 'postgres-older' : findings.length > 0 ? 'drift' : 'agrees';
  return { verdict, epoch, findings, compared, looks, why: null };
}

function failed(error: unknown): Audited {
  const none = { epoch: null, compared: null, looks: 1, why: null };
  // Whatever is no hash where a hash belongs was not written by us.
  if (error instanceof Error && error.message.includes('WRONGTYPE'))
    return {
      ...none,
      verdict: 'drift',
      findings: [{ kind: 'marks', text: `a key of the sale cannot be read: ${error.message}` }],
    };
  if (error instanceof Error && error.name === 'AbortError')
    return { ...none, verdict: 'not-compared', findings: [], why: 'this process stops' };
  if (error instanceof EpochOver)
    return { ...none, verdict: 'not-compared', findings: [], why: 'it was rebuilt meanwhile' };
  if (error instanceof Problem && error.code === 'store-unavailable')
    return { ...none, verdict: 'not-compared', findings: [], why: error.message };
  throw error;
}
