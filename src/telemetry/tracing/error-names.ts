import { type Attributes } from '@opentelemetry/api';
import { type ReadableSpan, type SpanProcessor } from '@opentelemetry/sdk-trace-node';

/** Who writes our own spans, in which an error has its name alone already. */
export const OWN_TRACER = 'holdfast';

const EXCEPTION = 'exception';
const EXCEPTION_NAME = 'exception.type';

/**
 * Of an error only its name is kept: its message may repeat a value, and its stack begins with the message. Temporal's
 * interceptors record both; here they are taken out of a span before it is handed on.
 */
export function namesOfErrorsAlone(processor: SpanProcessor): SpanProcessor {
  return {
    onStart: (...started) => processor.onStart(...started),
    onEnd: (span) => processor.onEnd(withoutMessages(span)),
    forceFlush: () => processor.forceFlush(),
    shutdown: () => processor.shutdown(),
  };
}

function withoutMessages(span: ReadableSpan): ReadableSpan {
  const { events, status } = span;
  const foreign = span.instrumentationLibrary.name !== OWN_TRACER && status.message !== undefined;
  if (!foreign && !events.some(({ name }) => name === EXCEPTION)) return span;
  const named = events.map((event) => (event.name === EXCEPTION ? { ...event, attributes: nameIn(event) } : event));
  const [error] = named.flatMap(({ attributes }) => attributes?.[EXCEPTION_NAME] ?? []);
  const message = typeof error === 'string' ? { message: error } : {};
  // Everything else is the span's own: exporters ask it for more than the interface says.
  return Object.create(span, {
    events: { value: named, enumerable: true },
    status: { value: foreign ? { code: status.code, ...message } : status, enumerable: true },
  }) as ReadableSpan;
}

function nameIn({ attributes }: { readonly attributes?: Attributes }): Attributes {
  const name = attributes?.[EXCEPTION_NAME];
  return name === undefined ? {} : { [EXCEPTION_NAME]: name };
}
