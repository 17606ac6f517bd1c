/** What the generator sends, and for how long. `{n}` in path and body stands for the next value. */
export interface LoadPlan {
  readonly port: number;
  /** Further processes that answer; connections take all of them in turn. */
  readonly morePorts?: readonly number[];
  readonly connections: number;
  /** Load before the measurement, so that compilers and caches are warm. */
  readonly warmSeconds: number;
  readonly seconds: number;
  /** Requests a second that arrive whatever the answers do; left out: each connection asks again once it is answered. */
  readonly perSecond?: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Other requests of the same method and headers, taken in turn with the first. */
  readonly others?: readonly { readonly path: string; readonly body: string }[];
  /** A file with one value a line, all of one length, used once each; without it, numbers from `firstNumber` on. */
  readonly valuesFile?: string;
  readonly firstNumber: number;
}

export interface LoadResult {
  /** Answers a second within the measurement. */
  readonly perSecond: number;
  readonly answers: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How many answers had which status, those of the warm-up too. */
  readonly statuses: Record<string, number>;
  /** Milliseconds after which 99 % of the answers with status 503 came; whether all of them said Retry-After. */
  readonly shed: { readonly p99Ms: number; readonly allSayWhen: boolean };
  /** Numbers that were used, so that the next load begins after them. */
  readonly used: number;
  readonly cpuMicrosEach: number;
  /** Requests of an open loop that were sent more than 10 ms after their time because the generator was busy. */
  readonly late: number;
}

/** What the generator says to whoever started it. */
export type LoadSaid = { kind: 'measuring' } | { kind: 'done'; result: LoadResult } | { kind: 'failed'; why: string };
