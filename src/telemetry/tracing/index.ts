import { type Context, context, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { Resource } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import { type TracingSettings } from '../../config/types';
import { CarriedContexts } from './carried-contexts';
import { namesOfErrorsAlone, OWN_TRACER } from './error-names';
import { requestSpans } from './request-spans';
import { batchSpans, gatewayCallSpan, publishSpan, statementSpan, waitSpan } from './spans';

/** Spans are sent within this of the end of a process. */
const EXPORT_TIMEOUT_MS = 5_000;

/** Tracing of one process: where there is none of it, nothing below runs at all. */
export interface Tracing {
  readonly resource: Resource;
  readonly spanProcessor: SpanProcessor;
  readonly requests: ReturnType<typeof requestSpans>;
  readonly placings: ReturnType<typeof batchSpans>;
  readonly gatewayCall: ReturnType<typeof gatewayCallSpan>;
  readonly statement: ReturnType<typeof statementSpan>;
  readonly published: ReturnType<typeof publishSpan>;
  readonly waited: ReturnType<typeof waitSpan>;
  /** Brings what is delivered later back into the trace of the request that caused it. */
  readonly carried: CarriedContexts;
  /** Sends what is left and ends. */
  shutdown(): Promise<void>;
}

/** Traces to a collector by OTLP over HTTP. Headers and TLS as the exporter's own OTEL_EXPORTER_OTLP_* variables say. */
export function traceTo({ endpoint, ...settings }: TracingSettings): Tracing {
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS });
  return startTracing(new BatchSpanProcessor(exporter, { exportTimeoutMillis: EXPORT_TIMEOUT_MS }), settings);
}

/** The same with any processor of spans. Registers itself for the whole process: Temporal's interceptors look there. */
export function startTracing(
  processor: SpanProcessor,
  { serviceName, sampleRatio }: Omit<TracingSettings, 'endpoint'>,
): Tracing {
  const resource = new Resource({ [ATTR_SERVICE_NAME]: serviceName });
  const spanProcessor = namesOfErrorsAlone(processor);
  const provider = new NodeTracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    spanProcessors: [spanProcessor],
  });
  provider.register({ propagator: new W3CTraceContextPropagator() });
  const tracer = provider.getTracer(OWN_TRACER);
  return {
    resource,
    spanProcessor,
    requests: requestSpans(tracer),
    placings: batchSpans(tracer),
    gatewayCall: gatewayCallSpan(tracer),
    statement: statementSpan(tracer),
    published: publishSpan(tracer),
    waited: waitSpan(tracer),
    carried: new CarriedContexts(),
    shutdown: async () => {
      await provider.shutdown();
      trace.disable();
      context.disable();
    },
  };
}

/** What every log line of a traced step carries; nothing outside of any. */
export function traceFields(active: Context = context.active()): Readonly<Record<string, string>> {
  const span = trace.getSpanContext(active);
  return span ? { traceId: span.traceId, spanId: span.spanId } : {};
}
