/** What the service answers an error with (RFC 9457). */
export interface Problem {
  readonly code: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly [context: string]: unknown;
}

/** An answer that is no success; `code` is the problem's, or `unreachable` when there was no answer. */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
  }
  get status(): number {
    return this.problem.status;
  }
  get code(): string {
    return this.problem.code;
  }
}

/**
 * No answer, or one that passes by itself: whether it was done is not known, so the same request is worth repeating, under
 * the same key.
 */
export function passes(error: unknown): boolean {
  return error instanceof ApiError && (error.status >= 500 || error.code === 'request_in_progress');
}

/** Longer than the service's slowest answer, a cancellation that waits for its gateway. */
const TIMEOUT_MS = 35_000;

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  /** Sent as it is in place of a JSON body; its Content-Type is among the headers. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls the page's own server with JSON. Throws ApiError for whatever is no 2xx answer. */
export async function api<T>(path: string, { method = 'GET', body, text, headers }: ApiRequest = {}): Promise<T> {
  const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const answer = await fetch(path, {
    method,
    headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    ...(content !== undefined && { body: content }),
    credentials: 'same-origin',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(unanswered);
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json().catch(unanswered)) as T;
  throw new ApiError(await problemOf(answer));
}

/** Nothing came back, or an answer that broke off. */
function unanswered(error: unknown): never {
  throw new ApiError({
    code: 'unreachable',
    title: 'The service did not answer',
    status: 503,
    detail: String(error),
  });
}

async function problemOf(answer: Response): Promise<Problem> {
  const fallback = { code: 'unexpected', title: answer.statusText, status: answer.status };
  const body = (await answer.json().catch(() => null)) as Problem | null;
  return body?.code ? body : fallback;
}
