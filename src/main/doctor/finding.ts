/** What one check came to. `warn`: it works, but not as it should; `fail`: it does not work. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  /** What was looked at: a few words, the same at every run. */
  readonly what: string;
  /** What was found; no secrets, no personal data. */
  readonly found: string;
  /** What to do about it; for `ok` there is nothing. */
  readonly todo?: string;
}

export const ok = (what: string, found: string): Finding => ({ level: 'ok', what, found });
export const warn = (what: string, found: string, todo: string): Finding => ({ level: 'warn', what, found, todo });
export const fail = (what: string, found: string, todo: string): Finding => ({ level: 'fail', what, found, todo });

/** No check takes longer: what doesn't answer by then counts as away. */
export const CHECK_MS = 3_000;

/** The result, or a rejection once the time is over; what comes later is nobody's. */
export async function within<T>(work: Promise<T>, ms: number = CHECK_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1_000} s`)), ms);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Why something failed, in a few words. Addresses may be in it, user names and passwords are not: drivers don't repeat
 * them, and what looks like a URL's credentials is cut out all the same.
 */
export function reasonOf(error: unknown): string {
  const { message, code, errors } = error as { message?: string; code?: string; errors?: unknown[] };
  if (!message && Array.isArray(errors) && errors.length > 0) return reasonOf(errors[0]);
  const text = message || code || String(error);
  return (text.split('\n', 1)[0] ?? '').replace(/\/\/[^@/\s]+@/g, '//…@').slice(0, 200);
}
