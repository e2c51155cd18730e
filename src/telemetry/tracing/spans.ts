import {
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import {
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_SYSTEM_NAME,
  ATTR_DB_COLLECTION_NAME,
  DB_SYSTEM_NAME_VALUE_POSTGRESQL,
} from '@opentelemetry/semantic-conventions';
import { type BatchObserver } from '../../ports/batch-observer';
import { type Placing } from '../../ports/order-store';

/** A placing that waits for its transaction: its span, and the context that it came in. */
interface Entered {
  readonly span: Span;
  readonly within: Context;
}

/**
 * A span per placing, from the queue to its answer. The transaction is a span of the first one's trace and is linked with
 * all of those that share it, both ways.
 */
export function batchSpans(tracer: Tracer): BatchObserver<Placing, Entered> {
  return {
    entered: ({ orderId }) => {
      const span = tracer.startSpan('hold', { attributes: { 'holdfast.order_id': orderId } });
      return { span, within: trace.setSpan(context.active(), span) };
    },
    dropped: (entered) => {
      for (const { span } of entered) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: 'too_busy' });
        span.end();
      }
    },
    took: (entered, flight) => {
      const [first, ...others] = entered;
      if (!first) return flight();
      const transaction = tracer.startSpan(
        'hold: transaction',
        {
          attributes: { 'holdfast.batch_orders': entered.length },
          links: others.map(({ span }) => ({ context: span.spanContext() })),
        },
        first.within,
      );
      for (const { span } of others) span.addLink({ context: transaction.spanContext() });
      return context.with(trace.setSpan(first.within, transaction), () =>
        flight().finally(() => {
          transaction.end();
          for (const { span } of entered) span.end();
        }),
      );
    },
  };
}

/** A span around one call of a gateway: which, what for, what kind of answer. Nothing of what was sent or said. */
export function gatewayCallSpan(tracer: Tracer) {
  return <O extends { readonly t: string; readonly cause?: string }>(
    gateway: string,
    operation: string,
    call: () => Promise<O>,
  ): Promise<O> =>
    tracer.startActiveSpan(
      `${gateway} ${operation}`,
      { kind: SpanKind.CLIENT, attributes: { 'holdfast.gateway': gateway, 'holdfast.operation': operation } },
      (span) =>
        ending(span, async () => {
          const outcome = await call();
          span.setAttribute('holdfast.outcome', outcome.t);
          if (outcome.cause !== undefined) span.setAttribute('holdfast.cause', outcome.cause);
          return outcome;
        }),
    );
}

/** A span around one statement that is sent within a trace: its verb and its table. Statements of no trace have none. */
export function statementSpan(tracer: Tracer) {
  return <T>(sql: string, run: () => Promise<T>): Promise<T> => {
    if (trace.getActiveSpan()?.isRecording() !== true) return run();
    const { verb, table } = nameOf(sql);
    const attributes = {
      [ATTR_DB_SYSTEM_NAME]: DB_SYSTEM_NAME_VALUE_POSTGRESQL,
      [ATTR_DB_OPERATION_NAME]: verb,
      ...(table && { [ATTR_DB_COLLECTION_NAME]: table }),
    };
    return tracer.startActiveSpan(`SQL ${verb}${table && ` ${table}`}`, { kind: SpanKind.CLIENT, attributes }, (span) =>
      ending(span, run),
    );
  };
}

/** What a statement does to which table first: of `WITH … UPDATE orders …` the verb `WITH` and the first table named. */
export function nameOf(sql: string): { verb: string; table: string } {
  const [, verb = 'statement'] = /^\s*(?:\/\*.*?\*\/\s*)?([A-Za-z]+)/.exec(sql) ?? [];
  const [, table = ''] =
    /\b(?:FROM|INTO|UPDATE)\s+(?:ONLY\s+)?(?!jsonb_to_recordset|unnest)(?:"?public"?\.)?"?([a-z_]+)"?/.exec(sql) ?? [];
  return { verb: verb.toUpperCase(), table };
}

/** A span around a wait that polls: one line in the trace, and none for each look. */
export function waitSpan(tracer: Tracer) {
  return (name: string, wait: () => Promise<void>): Promise<void> =>
    tracer.startActiveSpan(name, (span) => ending(span, () => context.with(ROOT_CONTEXT, wait)));
}

/** A span around one round of publishing; events are of many orders, so it belongs to no order's trace. */
export function publishSpan(tracer: Tracer) {
  return (events: number, publish: () => Promise<void>): Promise<void> =>
    tracer.startActiveSpan(
      'publish events',
      { kind: SpanKind.PRODUCER, attributes: { 'messaging.batch.message_count': events } },
      (span) => ending(span, publish),
    );
}

/** Ends the span with what it encloses. Of an error only its name is kept: a message may repeat a value. */
async function ending<T>(span: Span, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
    throw error;
  } finally {
    span.end();
  }
}
