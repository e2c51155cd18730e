import { HoldfastError } from '../domain/errors';

/** A call of the public API. */
export interface UpstreamCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** From `/v1` on, its parts percent-encoded. */
  readonly path: string;
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: object;
  readonly idempotencyKey?: string | undefined;
}

export interface UpstreamAnswer {
  readonly status: number;
  /** JSON, also of a problem. */
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type Upstream = (call: UpstreamCall) => Promise<UpstreamAnswer>;

/** Longer than the API's slowest answer: a cancellation waits for two calls of its gateway. */
const TIMEOUT_MS = 30_000;

/** Answer headers that a page makes something of. */
const PASSED_ON = ['content-type', 'retry-after', 'idempotent-replayed'];

/**
 * The API as a shop's back end calls it, over HTTP with a key. Answers whatever the API answers, problems too; throws
 * `not_ready` where there is no answer in time.
 */
export function upstream(target: { readonly baseUrl: () => string; readonly apiKey: string }): Upstream {
  return async ({ method, path, query = {}, body, idempotencyKey }) => {
    const url = new URL(path, target.baseUrl());
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    try {
      const answer = await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${target.apiKey}`,
          // A kept connection may be closed in the moment it is used again, and a placing must not fail of that.
          connection: 'close',
          ...(body && { 'content-type': 'application/json' }),
          ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        },
        ...(body && { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: answer.status, text: await answer.text(), headers: passedOn(answer.headers) };
    } catch {
      throw new HoldfastError('not_ready', 'the order service did not answer');
    }
  };
}

function passedOn(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => PASSED_ON.includes(name)));
}
