/** What is wrong with one member of a request. */
export interface Fault {
  /** A JSON pointer into the body, `?name` of the query, or `line 3, seat` of a list. */
  readonly pointer: string;
  readonly detail: string;
}

/** A refusal of the API (RFC 9457), or that it could not be reached. Branch on `code`, show `message`. */
export class ProblemError extends Error {
  private constructor(
    /** As README's table of problems has it; `unreachable` when no answer came. */
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

  static from(status: number, body: Readonly<Record<string, unknown>>): ProblemError {
    const text = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);
    return new ProblemError(text(body['code'], 'internal'), status, text(body['detail'], `Answered ${status}.`), body);
  }

  static unreachable(cause: unknown): ProblemError {
    const problem = new ProblemError('unreachable', 0, 'The server cannot be reached; it is tried again.', {});
    problem.cause = cause;
    return problem;
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
