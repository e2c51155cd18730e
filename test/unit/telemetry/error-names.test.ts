import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { instrument } from '@temporalio/interceptors-opentelemetry/lib/instrumentation';
import { startTracing, type Tracing } from '../../../src/telemetry/tracing/index';

const CANARY = '13912344711';

class GatewayAway extends Error {
  override readonly name = 'GatewayAway';
}

describe('what a span keeps of an error', () => {
  const exporter = new InMemorySpanExporter();
  let tracing: Tracing;
  beforeAll(() => {
    tracing = startTracing(new SimpleSpanProcessor(exporter), { serviceName: 'holdfast', sampleRatio: 1 });
  });
  afterEach(() => exporter.reset());
  afterAll(() => tracing.shutdown());

  /** As Temporal's interceptors write it. */
  async function failing(): Promise<ReadableSpan> {
    const tracer = trace.getTracer('@temporalio/interceptor-activity');
    const fn = () => Promise.reject(new GatewayAway(`no answer about ${CANARY}`));
    await expect(instrument({ tracer, spanName: 'RunActivity:createPayment', fn })).rejects.toThrow(CANARY);
    const [span] = exporter.getFinishedSpans();
    if (!span) throw new Error('no span was told');
    return span;
  }

  const wordsOf = ({ name, attributes, events, status }: ReadableSpan): string =>
    JSON.stringify([name, attributes, events, status]);

  it('of an activity: its name, not its message or its stack', async () => {
    const span = await failing();
    expect(span.events).toMatchObject([{ name: 'exception', attributes: { 'exception.type': 'GatewayAway' } }]);
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'GatewayAway' });
    expect(wordsOf(span)).not.toContain(CANARY);
    expect(wordsOf(span)).not.toContain('error-names.test');
    expect(span.name).toBe('RunActivity:createPayment');
    expect(span.duration).toHaveLength(2);
    expect(span.spanContext().traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('of a workflow, whose spans come in from the sandbox as they were written there', async () => {
    const ended = await failing();
    exporter.reset();
    const status = { code: SpanStatusCode.ERROR, message: `no answer about ${CANARY}` };
    const instrumentationLibrary = { name: '@temporalio/interceptor-workflow' };
    const fromSandbox = {
      ...ended,
      name: 'RunWorkflow',
      events: [],
      status,
      instrumentationLibrary,
      resource: tracing.resource,
    };
    tracing.spanProcessor.onEnd({ ...fromSandbox, spanContext: () => ended.spanContext() });
    const [span] = exporter.getFinishedSpans();
    expect(span).toMatchObject({ name: 'RunWorkflow', status: { code: SpanStatusCode.ERROR } });
    expect(wordsOf(span as ReadableSpan)).not.toContain(CANARY);
  });

  it('of our own calls: the name that they were ended with', async () => {
    const failed = tracing.waited('wait', () => Promise.reject(new GatewayAway(CANARY)));
    await expect(failed).rejects.toThrow(CANARY);
    expect(exporter.getFinishedSpans()).toMatchObject([
      { name: 'wait', status: { code: SpanStatusCode.ERROR, message: 'GatewayAway' } },
    ]);
    expect(trace.getSpan(context.active())).toBeUndefined();
  });
});
