import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Counter } from 'prom-client';
import { type Problem, type ProblemCode, RepeatedProblem } from '../problems.js';
import { Config } from './config.js';
import { Log } from './logging.js';
import { Metrics } from './metrics.js';
import { pathOf } from './problem-answer.js';
import { RecentCounts } from './recent-counts.js';
import { RepeatedLines } from './repeated-lines.js';

/** Where a request was refused: before anything was written down for it, or by the ledger after it was queued. */
export type RefusedAt = 'door' | 'ledger';

/** What is said of a refusal beside its code: whose it was, and the figures that explain it. */
export type RefusalFields = Readonly<Record<string, unknown>>;

/** Under this and their code refusals stand among the recent counts. */
export const REFUSED = 'refused:';
const CONFLICT = 409;

/** A list that somebody sent may be long; the first few explain as much. */
const LIST_MAX = 10;

/**
 * Counts every refusal and explains it in one line of the log, once, where it was decided. Of one code and subject only
 * the first REFUSAL_LINES_PER_SECOND_MAX of a second have a line of their own; one more tells how many there were.
 */
@Injectable()
export class Refusals implements OnApplicationShutdown {
  private readonly total: Counter<'code' | 'at'>;
  private readonly lines: RepeatedLines;
  private nameCaller: (request: FastifyRequest) => RefusalFields = () => ({});

  constructor(
    metrics: Metrics,
    config: Config,
    private readonly log: Log,
    private readonly recent: RecentCounts,
  ) {
    this.total = metrics.counter(
      'holdfast_refusals_total',
      'Problems by code: answered at once (door), or decided by the ledger after queueing (ledger).',
      ['code', 'at'],
    );
    this.lines = new RepeatedLines(config.refusalLinesPerSecondMax, (fields, times) =>
      this.log.root.info({ ...fields, times }, 'refused as before'),
    );
  }

  onApplicationShutdown(): void {
    this.lines.close();
  }

  /** Who calls is known to `access`, which says here how a line names them. */
  nameCallersBy(nameCaller: (request: FastifyRequest) => RefusalFields): void {
    this.nameCaller = nameCaller;
  }

  /** `subject`: the sale, where it is known to be there. */
  count(code: ProblemCode, at: RefusedAt, times = 1, subject?: string): void {
    this.total.inc({ code, at }, times);
    if (subject !== undefined) this.recent.add(subject, `${REFUSED}${code}`, times);
  }

  /** Whether a refusal of this code and subject (a sale, as a rule) has a line of its own now. */
  admitsLine(code: ProblemCode, at: RefusedAt, subject: RefusalFields): boolean {
    return this.lines.admits([code, at, ...Object.values(subject)].join(' '), { code, at, ...subject });
  }

  explain(code: ProblemCode, at: RefusedAt, fields: RefusalFields): void {
    const short = Object.entries(fields).map(([name, value]) => [name, shortened(value)]);
    this.log.root.info({ code, at, ...(Object.fromEntries(short) as object) }, 'refused');
  }

  /** A problem that is about to be answered; one that was decided before has been counted and explained there. */
  answered(request: FastifyRequest, problem: Problem): void {
    if (problem instanceof RepeatedProblem) return;
    const { saleId } = (request.params ?? {}) as { saleId?: unknown };
    // What is refused by the state of a sale is refused by one that is there: nobody can make up names to be counted.
    const known = problem.status === CONFLICT && typeof saleId === 'string' ? saleId : undefined;
    this.count(problem.code, 'door', 1, known);
    const subject = saleId === undefined ? {} : { saleId };
    if (!this.admitsLine(problem.code, 'door', subject)) return;
    this.explain(problem.code, 'door', {
      ...{ requestId: request.id, method: request.method, path: pathOf(request), ...subject },
      ...this.nameCaller(request),
      ...problem.extensions,
      detail: problem.message,
    });
  }
}

function shortened(value: unknown): unknown {
  return Array.isArray(value) && value.length > LIST_MAX
    ? [...(value as unknown[]).slice(0, LIST_MAX), `and ${value.length - LIST_MAX} more`]
    : value;
}
