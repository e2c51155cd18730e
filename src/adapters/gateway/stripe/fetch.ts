/** Statuses that can't carry a body. */
const BODILESS = [204, 205, 304];

/**
 * What the SDK sends with. Two things it leaves to its transport:
 * 1. a redirect isn't followed: that would hand the key to somebody else;
 * 2. a body that isn't a JSON object is handed on empty, which the SDK reports as invalid. It would take a bare value
 *    (`7`, `null`) for a success, throw where nobody catches, and never answer the call.
 * `init.signal`, the SDK's time limit, covers the body too.
 */
export async function guardedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, { ...init, redirect: 'manual' });
  const text = await response.text();
  const { status, headers } = response;
  return new Response(BODILESS.includes(status) ? null : isJsonObject(text) ? text : '', { status, headers });
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
