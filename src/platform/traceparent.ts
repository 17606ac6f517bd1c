/** A W3C traceparent: version, trace, span, flags; see https://www.w3.org/TR/trace-context/ */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})$/;

export interface SpanPlace {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

/** Where a traceparent points to, or null for anything that is none. */
export function parseTraceparent(text: unknown): SpanPlace | null {
  const [, traceId, spanId, flags = ''] = (typeof text === 'string' && TRACEPARENT.exec(text)) || [];
  return traceId && spanId ? { traceId, spanId, traceFlags: Number.parseInt(flags, 16) } : null;
}

export function formatTraceparent({ traceId, spanId, traceFlags }: SpanPlace): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** Of what a job or a fact says, only what are traceparents: whoever can write to a store can write anything. */
export function traceparentsIn(written: unknown): string[] {
  return Array.isArray(written) ? written.filter((each): each is string => parseTraceparent(each) !== null) : [];
}
