import { type IncomingMessage, type ServerResponse } from 'node:http';
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
} from '@opentelemetry/semantic-conventions';

/** A request as the router leaves it: with the template of its route, once it found one. */
type RoutedRequest = Pick<IncomingMessage, 'headers' | 'method' | 'url'> & {
  readonly route?: { readonly path?: unknown } | undefined;
  readonly id?: unknown;
};

/** Asked every few seconds by machines: a trace of each would hide the others. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * A span around each request, within the caller's trace where it sends a `traceparent`. Named by the route's template: the
 * path itself may name a buyer.
 */
export function requestSpans(tracer: Tracer) {
  return (request: RoutedRequest, response: ServerResponse, next: () => void): void => {
    if (PROBES.has(request.url ?? '')) {
      next();
      return;
    }
    const method = request.method ?? '';
    const caller = propagation.extract(ROOT_CONTEXT, request.headers);
    const span = tracer.startSpan(
      method,
      { kind: SpanKind.SERVER, attributes: { [ATTR_HTTP_REQUEST_METHOD]: method } },
      caller,
    );
    response.once('close', () => {
      const route = typeof request.route?.path === 'string' ? request.route.path : 'unmatched';
      span.updateName(`${method} ${route}`);
      span.setAttributes({ [ATTR_HTTP_ROUTE]: route, [ATTR_HTTP_RESPONSE_STATUS_CODE]: response.statusCode });
      if (typeof request.id === 'string') span.setAttribute('holdfast.request_id', request.id);
      if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    context.with(trace.setSpan(caller, span), next);
  };
}
