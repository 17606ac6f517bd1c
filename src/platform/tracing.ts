import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { OpenSpan, SpanAsked, SpanMaker } from './spans.js';

/** Lets what gathers items do a batch within the traces of those who gave them. */
export interface BatchTrace {
  capture(): OpenSpan | undefined;
  run<T>(captured: readonly (OpenSpan | undefined)[], work: () => Promise<T>): Promise<T>;
}

/** Links, and traceparents in a job: the first so many of a batch show what a batch is. */
const REQUESTS_MAX = 32;

const current = new AsyncLocalStorage<OpenSpan>();

/** The span that the code now running works in, as a W3C traceparent; undefined without one, or without an endpoint. */
export const traceparentHere = (): string | undefined => current.getStore()?.traceparent;

/**
 * Spans of what happens, from a request through the queue to its commits. They begin with a request and are carried by
 * hand where a batch or a store breaks the chain of calls. Without an endpoint all of this calls `work` and nothing else.
 */
@Injectable()
export class Tracing implements OnApplicationShutdown {
  constructor(private readonly maker: SpanMaker | null) {}

  get on(): boolean {
    return this.maker !== null;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.maker?.close();
  }

  /** The span of a request, with which a trace begins or goes on; undefined when nobody will see it. */
  beginRequest(asked: SpanAsked): OpenSpan | undefined {
    const span = this.maker?.begin({ ...asked, kind: 'server' });
    return span?.sampled ? span : undefined;
  }

  /** Calls `work` with this as the span that is here, also after it has waited. */
  within<T>(span: OpenSpan, work: () => T): T {
    return current.run(span, work);
  }

  /** Does `work` in a span below the one that is here, or below `parent`; where there is neither, it is only done. */
  span<T>(ask: () => SpanAsked, work: () => Promise<T>): Promise<T> {
    if (!this.maker) return work();
    const here = current.getStore();
    const asked = ask();
    const parent = asked.parent ?? here?.traceparent;
    if (parent === undefined) return work();
    return this.inSpan({ links: [], ...asked, parent }, asked.links ?? here?.requests ?? [], work);
  }

  /** For a GroupCommit; undefined without an endpoint, so that it costs a comparison. */
  batch(name: string): BatchTrace | undefined {
    if (!this.maker) return undefined;
    return { capture: () => current.getStore(), run: (captured, work) => this.runBatch(name, captured, work) };
  }

  /** What a job carries so that its work goes on in the same trace: the span here, then the requests of the batch. */
  carried(): { trace: string[] } | undefined {
    const here = current.getStore();
    return here && { trace: [here.traceparent, ...here.requests.slice(0, REQUESTS_MAX)] };
  }

  /** A batch belongs to many traces: it stands in the first one's, linked with the requests of all. */
  private runBatch<T>(name: string, captured: readonly (OpenSpan | undefined)[], work: () => Promise<T>): Promise<T> {
    const spans = captured.filter((span) => span !== undefined);
    const [first] = spans;
    // Whose request happens to be the context here is chance: without a trace of its own the batch must have none.
    if (!first) return current.exit(work);
    const requests = [...new Set(spans.map(({ traceparent }) => traceparent))].slice(0, REQUESTS_MAX);
    const attributes = { 'messaging.batch.message_count': captured.length };
    return this.inSpan({ name, attributes, parent: first.traceparent, links: requests }, requests, work, (batch) => {
      for (const span of spans) if (span !== first) span.link(batch.traceparent);
    });
  }

  private async inSpan<T>(
    asked: SpanAsked,
    requests: readonly string[],
    work: () => Promise<T>,
    begun: (span: OpenSpan) => void = () => undefined,
  ): Promise<T> {
    if (!this.maker) return work();
    const span = { ...this.maker.begin(asked), requests };
    begun(span);
    try {
      return await current.run(span, work);
    } catch (error) {
      span.fail(error);
      throw error;
    } finally {
      span.end();
    }
  }
}

/** Makes the SDK's spans where an endpoint is configured; the SDK is not even loaded where none is. */
export async function openTracing(endpoint: string | undefined, role: string): Promise<Tracing> {
  if (endpoint === undefined) return new Tracing(null);
  const { spanMaker } = await import('./tracing-sdk.js');
  return new Tracing(spanMaker(endpoint, role));
}
