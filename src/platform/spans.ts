export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A span to begin. `parent` and `links` are W3C traceparents, from this process or another. */
export interface SpanAsked {
  readonly name: string;
  readonly kind?: 'server' | 'producer' | 'consumer';
  readonly attributes?: SpanAttributes;
  readonly parent?: string | undefined;
  readonly tracestate?: string | undefined;
  readonly links?: readonly string[];
}

export interface OpenSpan {
  readonly traceparent: string;
  /** Whether anybody will see it; of a span that nobody sees none is begun below. */
  readonly sampled: boolean;
  /** The requests that this is done for, by their spans. */
  readonly requests: readonly string[];
  set(attributes: SpanAttributes): void;
  link(traceparent: string): void;
  fail(error: unknown): void;
  end(): void;
}

/** What tracing-sdk.ts makes of spans; loaded only where an endpoint is configured. */
export interface SpanMaker {
  begin(asked: SpanAsked): OpenSpan;
  close(): Promise<void>;
}
