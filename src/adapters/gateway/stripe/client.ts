import Stripe from 'stripe';
import { type Unknown } from '../../../domain/payment';
import { type StripeConfig } from './config';
import { guardedFetch } from './fetch';
import { unknown } from './unknown';

/** The version whose objects the readers here know; an account's own default plays no part. */
export const API_VERSION = '2026-10-28.endive';

/** A success (status 200); `body` is still to be read. `replayed`: the stored answer of an Idempotency-Key, not the state of today. */
export interface Success {
  readonly t: 'ok';
  readonly body: unknown;
  readonly replayed: boolean;
}

/** Stripe's error answer below 500 that isn't throttling. */
export interface Failure {
  readonly t: 'error';
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly param: string | null;
}

/** What one request came to; `storedFailure` marks a 5xx that the Idempotency-Key will answer every time. */
export interface Exchange {
  readonly status: number | null;
  readonly storedFailure: boolean;
  readonly result: Success | Failure | Unknown;
}

/** What a request is sent with. The SDK's `timeout` covers one request whole, its body included. */
export interface SendOptions {
  readonly timeout: number;
}

/** Milliseconds that are left of one call of the port. */
export type TimeLeft = () => number;

/** Starts a call's clock. */
export function limitOf(timeoutMs: number): TimeLeft {
  const end = performance.now() + timeoutMs;
  return () => Math.floor(end - performance.now());
}

/**
 * The official SDK as this adapter needs it: no retries of its own (the workflow's are enough), no telemetry, a pinned
 * version. Over `fetch`, because the SDK's other client repeats a reset request once in spite of `maxNetworkRetries: 0`
 * and restarts its time limit with every byte.
 */
export function createClient(config: StripeConfig): Stripe.Stripe {
  const { protocol, hostname, port } = new URL(config.baseUrl);
  return new Stripe(config.secretKey, {
    apiVersion: API_VERSION,
    protocol: protocol === 'http:' ? 'http' : 'https',
    host: hostname,
    port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
    timeout: config.timeoutMs,
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient(guardedFetch),
  });
}

/** Sends one request. Never throws: what isn't a readable answer is an `unknown` with its cause. */
export async function exchange(left: TimeLeft, send: (options: SendOptions) => Promise<unknown>): Promise<Exchange> {
  const timeout = left();
  if (timeout < 1) return { status: null, storedFailure: false, result: unknown('timeout') };
  try {
    return successOf(await send({ timeout }));
  } catch (error) {
    return failureOf(error);
  }
}

/** The SDK takes any JSON without an `error` for a success, whatever its status. */
function successOf(body: unknown): Exchange {
  const response = responseOf(body);
  const { status } = response;
  if (status === 200) {
    const replayed = response.headers.get('idempotent-replayed') === 'true';
    return { status, storedFailure: false, result: { t: 'ok', body, replayed } };
  }
  return { status, storedFailure: false, result: unknown(status >= 500 ? '5xx' : 'unparsable') };
}

function failureOf(error: unknown): Exchange {
  const fail = (result: Failure | Unknown, status: number | null, storedFailure = false): Exchange => ({
    status,
    storedFailure,
    result,
  });
  if (error instanceof Stripe.errors.StripeConnectionError) return fail(unknown('timeout'), null);
  // No status: the body wasn't JSON, or not an object.
  if (!(error instanceof Stripe.errors.StripeError) || error.statusCode === undefined) {
    return fail(unknown('unparsable'), null);
  }
  const { statusCode: status, rawType, code, param, headers } = error;
  const retryAfter = headers?.['retry-after'];
  if (status >= 500) return fail(unknown('5xx', retryAfter), status, headers?.['idempotent-replayed'] === 'true');
  if (status === 429) return fail(unknown('throttled', retryAfter), status);
  const type = typeof rawType === 'string' ? rawType : '';
  return fail({ t: 'error', status, type, code: code ?? null, param: param ?? null }, status);
}

/** The SDK hangs fetch's response on every object it returns. */
function responseOf(body: unknown): Response {
  const response = typeof body === 'object' && body !== null && 'lastResponse' in body ? body.lastResponse : undefined;
  if (!(response instanceof Response)) throw new Error('the Stripe SDK returned an object without its response');
  return response;
}
