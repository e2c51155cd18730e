import { type ClientOptions } from '@temporalio/client';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry/lib/client';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/worker';
import { type WorkerOptions } from '@temporalio/worker';

/**
 * What a bundle of workflows that are traced has in it beside them. Bundles are made with it or without, and a worker takes the
 * one that fits: a workflow that is not traced pays nothing.
 */
export const TRACING_MODULES: readonly string[] = [
  require.resolve('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors'),
];

/** Where spans of workflows go: what the SDK's exporter takes. */
export interface SpanTarget {
  readonly spanProcessor: Parameters<typeof makeWorkflowExporter>[0];
  readonly resource: Parameters<typeof makeWorkflowExporter>[1];
}

/** One trace from the call that starts a workflow, through it, to its activities: the SDK's own interceptors. */
export function temporalTracing({ spanProcessor, resource }: SpanTarget): {
  readonly client: NonNullable<ClientOptions['interceptors']>;
  readonly worker: Required<Pick<WorkerOptions, 'interceptors' | 'sinks'>>;
} {
  return {
    client: { workflow: [new OpenTelemetryWorkflowClientInterceptor()] },
    worker: {
      interceptors: {
        activity: [
          (context) => ({
            inbound: new OpenTelemetryActivityInboundInterceptor(context),
            outbound: new OpenTelemetryActivityOutboundInterceptor(context),
          }),
        ],
      },
      sinks: { exporter: makeWorkflowExporter(spanProcessor, resource) },
    },
  };
}
