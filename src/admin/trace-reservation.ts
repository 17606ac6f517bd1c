import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { isPassing, Postgres, postgresUnavailable } from '../platform/postgres.js';
import type { ProblemBody } from '../problems.js';
import { type Reservation } from '../reservations/reservation.js';
import { ReservationForCaller } from '../reservations/reservation-for-caller.js';
import type { ReservationResource } from '../reservations/reservation-resource.js';
import type { CatalogSale } from '../sales/sale-catalog.js';
import { type HistoryRow, HistoryRows } from './history-rows.js';
import { actionInWords, actorInWords, askedInWords, transitionInWords, unitsInWords } from './history-words.js';
import { type AuditRow, listAudit } from './list-audit.js';
import type { ReservationTrace, TraceEntry } from './trace.dto.js';

const AUDIT_LINES_MAX = 100;
const NOBODY = { sequence: null, actor: null, actorName: null, reason: null } as const;

interface RefusedPayment {
  readonly paymentReference: string;
  readonly problem: { code: string; detail: string } | null;
  readonly decidedAt: Date;
}

interface Fact {
  readonly kind: string;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
}

/** What the facts of the outbox make of a reservation in Redis. */
const FACTS: Record<string, string> = {
  'reservation.confirmed': 'its units are counted as sold',
  'reservation.voided': 'its units are back on sale',
  'order.cancelled': 'the cancelled order is settled',
};

/** Puts together everything that the stores know of a reservation, in the order in which it happened. */
@Injectable()
export class TraceReservation {
  constructor(
    private readonly forCaller: ReservationForCaller,
    private readonly rows: HistoryRows,
    private readonly postgres: Postgres,
  ) {}

  /** Throws reservation-not-found, store-unavailable. */
  async trace(id: string, caller: Caller): Promise<ReservationTrace> {
    const ref = this.forCaller.authorize(caller, id);
    try {
      const found = await this.forCaller.find(caller, ref);
      const [reservation, sale, history] = await Promise.all([
        this.forCaller.resource(found),
        this.forCaller.saleOf(ref),
        this.rows.ofReservation(id),
      ]);
      const [payments, audit, facts] = await Promise.all([
        this.refusedPayments(id),
        this.audit(id, reservation.orderId),
        this.facts(id),
      ]);
      const transitions = [...requested(found, reservation, sale), ...journalled(found, history, sale)];
      return { reservation, entries: inOrder([transitions, payments, audit, facts]) };
    } catch (error) {
      throw isPassing(error) ? postgresUnavailable() : error;
    }
  }

  private async refusedPayments(id: string): Promise<TraceEntry[]> {
    const rows = await this.postgres.query<RefusedPayment & Record<string, unknown>>(
      `SELECT payment_reference AS "paymentReference", problem, decided_at AS "decidedAt" FROM payment_outcomes
       WHERE reservation_id = $1 AND outcome = 'refused' ORDER BY decided_at`,
      [id],
    );
    return rows.map(({ paymentReference, problem, decidedAt }) => ({
      ...{ ...NOBODY, kind: 'payment-refused', at: decidedAt.toISOString(), reason: problem?.code ?? null },
      text: `The payment ${paymentReference} was refused for good. ${problem?.detail ?? ''}`.trim(),
    }));
  }

  private async audit(id: string, orderId: string | null): Promise<TraceEntry[]> {
    const subjects = orderId === null ? [id] : [id, orderId];
    const lines = await Promise.all(
      subjects.map((subject) => listAudit(this.postgres, { subject, after: null, limit: AUDIT_LINES_MAX })),
    );
    return lines.flatMap((newestFirst) => newestFirst.reverse().map(auditLine));
  }

  private async facts(id: string): Promise<TraceEntry[]> {
    const rows = await this.postgres.query<Fact & Record<string, unknown>>(
      `SELECT kind, created_at AS "createdAt", delivered_at AS "deliveredAt" FROM outbox WHERE reservation_id = $1
         AND kind = ANY($2) ORDER BY id`,
      [id, Object.keys(FACTS)],
    );
    return rows.map(({ kind, createdAt, deliveredAt }): TraceEntry => {
      const what = FACTS[kind] ?? kind;
      if (deliveredAt)
        return { ...NOBODY, kind: 'delivered', at: deliveredAt.toISOString(), text: `Redis has been told: ${what}.` };
      return {
        ...NOBODY,
        kind: 'pending',
        at: createdAt.toISOString(),
        text: `Redis is still to be told that ${what}.`,
      };
    });
  }
}

/** What the request's own record tells: that it was written down, and why it came to nothing. */
function requested(found: Reservation, { problem }: ReservationResource, sale: CatalogSale): TraceEntry[] {
  const { queuedAt, mode, lines } = found;
  const how = mode === 'partial' ? 'as much of it as can be had' : 'all or nothing';
  const asked: TraceEntry[] =
    queuedAt === null || mode === 'rehold'
      ? []
      : [
          {
            ...{ ...NOBODY, kind: 'queued', at: new Date(queuedAt).toISOString() },
            text: `Asked for: ${askedInWords(lines, sale)}, ${how}. Written down and queued.`,
          },
        ];
  if (!problem) return [...asked, ...undecided(found, sale)];
  return [
    ...asked,
    { ...NOBODY, kind: 'rejected', at: null, reason: problem.code, text: rejectionInWords(problem, sale) },
  ];
}

/** What there is to say of a request that holds nothing, and never did. */
function undecided({ status, heldAt, queuedAt, version }: Reservation, sale: CatalogSale): TraceEntry[] {
  if (heldAt !== null || queuedAt === null) return [];
  if (status === 'released')
    return [
      {
        ...{ ...NOBODY, kind: 'released', at: null, sequence: version },
        text: 'Withdrawn while it was queued: it never had a unit.',
      },
    ];
  const latest = new Date(queuedAt + sale.queueTimeoutSeconds * 1_000).toISOString();
  const text = `Not decided yet: a worker will, or it is rejected (queue-timeout) at ${latest}.`;
  return status === 'queued' ? [{ ...NOBODY, kind: 'pending', at: null, text }] : [];
}

function rejectionInWords(problem: ProblemBody, sale: CatalogSale): string {
  const lines = (problem['lines'] ?? []) as {
    skuId?: string;
    requested: number;
    available: number;
    heldByOthers: number;
    nextExpiryAt: string | null;
    unavailableUnits?: string[];
  }[];
  const figures = lines.map(({ skuId, requested: asked, available, heldByOthers, nextExpiryAt, unavailableUnits }) => {
    const name = (skuId && sale.skuById.get(skuId)?.name) ?? 'a SKU';
    const taken = unavailableUnits ? `; taken: ${unavailableUnits.join(', ')}` : '';
    const next = nextExpiryAt === null ? '' : `, the next of which could end at ${nextExpiryAt}`;
    return ` ${name}: ${asked} asked for, ${available} available, ${heldByOthers} held by others${next}${taken}.`;
  });
  const { limit, held, sold } = problem as { limit?: number; held?: number; sold?: number };
  const limits =
    problem.code === 'customer-limit-reached' ? ` Of ${limit} allowed, ${held} held and ${sold} sold.` : '';
  return `Rejected (${problem.code}): ${problem.detail}${limits}${figures.join('')}`;
}

/** The transitions; what is older than the history is told from the row, and what Redis knows before the journal, too. */
function journalled(found: Reservation, history: readonly HistoryRow[], sale: CatalogSale): TraceEntry[] {
  const entries = history.map((row): TraceEntry => {
    const { kind, at, sequence, actor, actorName, reason } = row;
    return { kind, at: at.toISOString(), sequence, actor, actorName, reason, text: transitionInWords(row, sale) };
  });
  if (found.heldAt === null) return entries;
  if (history.length === 0)
    entries.push({
      ...{ ...NOBODY, kind: 'held', at: new Date(found.heldAt).toISOString(), sequence: 2 },
      text: `Held: ${unitsInWords(found.lines, sale)}. What followed was not written down yet: it is ${found.status}.`,
    });
  const last = history.at(-1)?.sequence ?? found.version;
  if (found.version > last)
    entries.push({
      ...{ ...NOBODY, kind: 'pending', at: null, sequence: found.version },
      text: `In Redis it is ${found.status} already; the journal follows in a moment.`,
    });
  return entries;
}

function auditLine({ at, actor, actorName, action, reason }: AuditRow): TraceEntry {
  const why = reason === null ? '' : `: “${reason}”`;
  const who = actor === 'system' ? 'The service itself' : actorInWords(actor, actorName);
  const text = `${who.charAt(0).toUpperCase()}${who.slice(1)} ${actionInWords(action)}${why}.`;
  return { kind: 'operator', at: at.toISOString(), sequence: null, actor, actorName, reason, text };
}

/** By time; within a list nothing comes before what stands before it, since two clocks may have told their times. */
function inOrder(lists: readonly (readonly TraceEntry[])[]): TraceEntry[] {
  const placed = lists.flatMap((list) => {
    let latest = -Infinity;
    return list.map((entry) => ({ entry, place: (latest = Math.max(latest, timeOf(entry, latest))) }));
  });
  return placed.sort((a, b) => a.place - b.place).map(({ entry }) => entry);
}

function timeOf({ kind, at }: TraceEntry, latest: number): number {
  if (at !== null) return Date.parse(at);
  return kind === 'pending' ? Infinity : latest;
}
