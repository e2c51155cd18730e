import { type Request } from 'express';
import { HoldfastError } from '../domain/errors';

/** A page of another origin cannot send this header without being allowed to, and nobody is. */
export const OWN_PAGE_HEADER = 'x-holdfast-console';

/**
 * Throws `csrf_rejected` for a call that changes something and does not come from the console's own pages: beside the cookie's
 * SameSite=Strict it needs our header, and what the browser tells of the page's origin must be ours.
 */
export function demandOwnPage(request: Request): void {
  const site = request.get('sec-fetch-site');
  const origin = request.get('origin');
  if (request.get(OWN_PAGE_HEADER) !== '1') throw rejected('the header X-Holdfast-Console is missing');
  if (site !== undefined && site !== 'same-origin') throw rejected('the call comes from another site');
  if (origin !== undefined && !sameHost(origin, request.get('host')))
    throw rejected('the call comes from another origin');
  if (site === undefined && origin === undefined) throw rejected('the call does not say where it comes from');
}

/** By host alone: behind a proxy that ends TLS we do not know under which scheme the browser reached it. */
function sameHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}

const rejected = (why: string): HoldfastError => new HoldfastError('csrf_rejected', why);
