import {
  type Context,
  createTraceState,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, envDetector, detectResources, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { formatTraceparent, parseTraceparent } from './traceparent.js';
import type { OpenSpan, SpanAsked, SpanMaker } from './spans.js';

const EXPORT_TIMEOUT_MS = 3_000;
/** A collector that is away must not keep a process from ending; the last spans are lost then. */
const CLOSE_MS_MAX = 2_000;

const KINDS = { server: SpanKind.SERVER, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER } as const;

/**
 * The SDK behind `Tracing`, told over OTLP/HTTP. Nothing of it is global, so that two applications in one process keep
 * apart. Its own variables (OTEL_TRACES_SAMPLER, OTEL_RESOURCE_ATTRIBUTES, OTEL_EXPORTER_OTLP_HEADERS, …) are the SDK's.
 */
export function spanMaker(endpoint: string, role: string): SpanMaker {
  const named = resourceFromAttributes({
    'service.name': 'holdfast',
    'holdfast.role': role,
    'process.pid': process.pid,
  });
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(named)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS }))],
  });
  const tracer = provider.getTracer('holdfast');
  return {
    begin: (asked) => {
      const kind = asked.kind ? KINDS[asked.kind] : SpanKind.INTERNAL;
      const links = (asked.links ?? []).flatMap(linkTo);
      return openSpan(tracer.startSpan(asked.name, { kind, links, attributes: { ...asked.attributes } }, above(asked)));
    },
    close: () => closeInTime(provider),
  };
}

function openSpan(span: Span): OpenSpan {
  const place = span.spanContext();
  return {
    traceparent: formatTraceparent(place),
    sampled: (place.traceFlags & TraceFlags.SAMPLED) !== 0,
    requests: [formatTraceparent(place)],
    set: (attributes) => void span.setAttributes(attributes),
    link: (traceparent) => void span.addLinks(linkTo(traceparent)),
    fail: (error) => {
      span.recordException(error instanceof Error ? error : String(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
    },
    end: () => span.end(),
  };
}

function above({ parent, tracestate }: SpanAsked): Context {
  const place = contextOf(parent);
  if (!place) return ROOT_CONTEXT;
  const traceState = tracestate === undefined ? {} : { traceState: createTraceState(tracestate) };
  return trace.setSpanContext(ROOT_CONTEXT, { ...place, ...traceState });
}

function contextOf(traceparent: string | undefined): SpanContext | null {
  const place = parseTraceparent(traceparent);
  return place && { ...place, isRemote: true };
}

function linkTo(traceparent: string): Link[] {
  const context = contextOf(traceparent);
  return context ? [{ context }] : [];
}

async function closeInTime(provider: NodeTracerProvider): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_MS_MAX)));
  await Promise.race([provider.shutdown().catch(() => undefined), late]);
  clearTimeout(timer);
}
