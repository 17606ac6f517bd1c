import type { components } from './generated/api.js';

type Schemas = components['schemas'];

/** The schemas of problems, each of which says its own code. */
type Problems = {
  [Name in keyof Schemas]: Schemas[Name] extends { code: infer Code extends string; status: number; title: string }
    ? string extends Code
      ? never
      : Schemas[Name]
    : never;
}[keyof Schemas];

/** Every code of README's table of problems, and `unreachable`: no answer came. */
export type ProblemCode = Problems['code'] | 'unreachable';
/** What a problem of one code carries. */
export type ProblemOf<Code extends ProblemCode> = Extract<Problems, { code: Code }>;

/** What is wrong with one member of a request. */
export interface Fault {
  /** A JSON pointer into the body, `?name` of the query, or `line 3, seat` of a list. */
  readonly pointer: string;
  readonly detail: string;
}

/** A refusal of the API (RFC 9457), or that it could not be reached. Branch on `code`, show `message`. */
export class ProblemError extends Error {
  private constructor(
    /** A `ProblemCode` of this version of the API, or of a newer one. */
    readonly code: string,
    /** 0 when no answer came. */
    readonly status: number,
    detail: string,
    /** What the problem carries besides: `errors`, `retryAfterSeconds`, … */
    readonly members: Readonly<Record<string, unknown>>,
  ) {
    super(detail);
    this.name = 'ProblemError';
  }

  /** Of a body as the API sends it, or stores it in a reservation that was rejected. */
  static from(status: number, body: Readonly<Record<string, unknown>>): ProblemError {
    const text = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);
    return new ProblemError(text(body['code'], 'internal'), status, text(body['detail'], `Answered ${status}.`), body);
  }

  static unreachable(cause: unknown): ProblemError {
    const problem = new ProblemError('unreachable', 0, 'The server cannot be reached.', {});
    problem.cause = cause;
    return problem;
  }

  /** The problem with the members that its code has, typed; null when it is another one. */
  as<Code extends Problems['code']>(code: Code): ProblemOf<Code> | null {
    return this.code === code ? (this.members as unknown as ProblemOf<Code>) : null;
  }

  /** Whether the outcome is unknown, or the same request may go through later: what is safe to repeat should be. */
  get isPassing(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }

  /** How long the server asks us to wait before a repeat; null where it does not say. */
  get retryAfterMs(): number | null {
    const { retryAfterSeconds } = this.members;
    return typeof retryAfterSeconds === 'number' ? retryAfterSeconds * 1_000 : null;
  }

  /** Each thing that is wrong with the request, where the problem says so. */
  get faults(): readonly Fault[] {
    const { errors } = this.members;
    return Array.isArray(errors) ? errors.filter(isFault) : [];
  }
}

function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'pointer' in value && 'detail' in value;
}

/** The problem that an answer holds, also where something in between made it up. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  const members = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  return ProblemError.from(response.status, members);
}
