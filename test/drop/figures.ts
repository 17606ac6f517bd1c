import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';

const MICROSECONDS_MAX = 10 * 60 * 1_000_000;

/** Of one second, by the clock of the rehearsal. */
export interface Second {
  arrivals: number;
  requests: number;
  answers: number;
  /** Requests to reserve that got units. */
  held: number;
  /** Refusals by code. */
  refused: Record<string, number>;
  decision: Histogram;
}

/** What one generator counts; several are added up. Latencies are in microseconds, from when a request was due. */
export class Figures {
  readonly seconds: Second[] = [];
  readonly latency = new Map<string, Histogram>();
  /** How long after its time a request was made: the generator's own delay. */
  readonly late = histogram(3);
  /** How long requests waited for a connection. */
  readonly connecting = histogram(3);
  /** How long the event loop did not come round. */
  readonly stalled = histogram(3);
  readonly refused: Record<string, number> = {};
  /** Requests without a usable answer, by what came instead; they were repeated. */
  readonly unanswered: Record<string, number> = {};
  readonly counts = { arrivals: 0, inside: 0, requests: 0, answers: 0, held: 0, ordered: 0, busyMs: 0, wallMs: 0 };

  second(atMs: number): Second {
    const number = Math.max(0, Math.floor(atMs / 1_000));
    while (this.seconds.length <= number) this.seconds.push(emptySecond());
    return this.seconds[number] ?? emptySecond();
  }

  time(of: string, ms: number): void {
    let known = this.latency.get(of);
    if (!known) this.latency.set(of, (known = histogram(3)));
    record(known, ms);
  }

  refuse(code: string, atMs: number): void {
    add(this.refused, code, 1);
    add(this.second(atMs).refused, code, 1);
  }

  add(other: Figures): void {
    for (const [i, second] of other.seconds.entries()) addSecond(this.second(i * 1_000), second);
    for (const [name, latency] of other.latency) {
      const known = this.latency.get(name);
      if (known) known.add(latency);
      else this.latency.set(name, latency);
    }
    this.late.add(other.late);
    this.connecting.add(other.connecting);
    this.stalled.add(other.stalled);
    for (const [code, count] of Object.entries(other.refused)) add(this.refused, code, count);
    for (const [what, count] of Object.entries(other.unanswered)) add(this.unanswered, what, count);
    for (const name of Object.keys(this.counts) as (keyof Figures['counts'])[]) this.counts[name] += other.counts[name];
  }

  /** With the last seconds alone, for whoever watches, or with all of them. */
  toText(secondsMax = Infinity): string {
    const { counts, refused, unanswered } = this;
    const skipped = Math.max(0, this.seconds.length - secondsMax);
    const shown = this.seconds.map((second, i) => (i < skipped ? null : second));
    return JSON.stringify({
      ...{ counts, refused, unanswered },
      ...{ late: pack(this.late), connecting: pack(this.connecting), stalled: pack(this.stalled) },
      seconds: shown.map((second) => second && { ...second, decision: pack(second.decision) }),
      latency: [...this.latency].map(([name, latency]) => [name, pack(latency)]),
    });
  }

  static fromText(text: string): Figures {
    const { counts, refused, unanswered, late, connecting, stalled, seconds, latency } = JSON.parse(text) as Packed;
    const figures = new Figures();
    Object.assign(figures.counts, counts);
    Object.assign(figures.refused, refused);
    Object.assign(figures.unanswered, unanswered);
    figures.late.add(unpack(late));
    figures.connecting.add(unpack(connecting));
    figures.stalled.add(unpack(stalled));
    for (const second of seconds)
      figures.seconds.push(second ? { ...second, decision: unpack(second.decision) } : emptySecond());
    for (const [name, packed] of latency) figures.latency.set(name, unpack(packed));
    return figures;
  }
}

interface Packed extends Pick<Figures, 'counts' | 'refused' | 'unanswered'> {
  late: string;
  connecting: string;
  stalled: string;
  seconds: ((Omit<Second, 'decision'> & { decision: string }) | null)[];
  latency: [string, string][];
}

/** Two digits are enough where there is one a second. */
export function histogram(digits: 2 | 3): Histogram {
  return build({ highestTrackableValue: MICROSECONDS_MAX, numberOfSignificantValueDigits: digits, bitBucketSize: 32 });
}

export function record(into: Histogram, ms: number): void {
  into.recordValue(Math.min(MICROSECONDS_MAX, Math.max(0, Math.round(ms * 1_000))));
}

/** Milliseconds below which so many per cent of the values lie. */
export const percentileMs = (of: Histogram, percent: number): number =>
  of.totalCount === 0 ? 0 : of.getValueAtPercentile(percent) / 1_000;

function emptySecond(): Second {
  return { arrivals: 0, requests: 0, answers: 0, held: 0, refused: {}, decision: histogram(2) };
}

function addSecond(into: Second, { arrivals, requests, answers, held, refused, decision }: Second): void {
  into.arrivals += arrivals;
  into.requests += requests;
  into.answers += answers;
  into.held += held;
  for (const [code, count] of Object.entries(refused)) add(into.refused, code, count);
  into.decision.add(decision);
}

function add(counts: Record<string, number>, name: string, by: number): void {
  counts[name] = (counts[name] ?? 0) + by;
}

const pack = (of: Histogram): string => encodeIntoCompressedBase64(of);
const unpack = (text: string): Histogram => decodeFromCompressedBase64(text);
