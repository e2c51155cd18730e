import { type QueryClient } from '@tanstack/react-query';
import { api, ApiError, type ApiRequest } from '../kit/api';

/** A page of another origin can't set this header without being asked for its permission, which it hasn't. */
const OWN_PAGE = { 'X-Holdfast-Console': '1' };

/** Calls the console's own endpoints; `path` begins behind /console/api. Throws ApiError. */
export function call<T>(path: string, request: ApiRequest = {}): Promise<T> {
  return api<T>(`/console/api${path}`, { ...request, headers: { ...OWN_PAGE, ...request.headers } });
}

/** `?a=b` of what is given: empty text, null and undefined are left out. */
export function search(values: Readonly<Record<string, string | number | boolean | null | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}

/** Names one intent of a person's, so that sending it again does it once. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const ME = ['/me'];

/** Whatever is refused for want of a session: it is over, and the page asks to sign in again. */
export function endSessionWhenRefused(client: QueryClient): () => void {
  const end = (error: unknown): void => {
    if (error instanceof ApiError && error.status === 401 && client.getQueryData(ME)) client.setQueryData(ME, null);
  };
  const stops = [
    client.getQueryCache().subscribe((event) => end(event.query.state.error)),
    client.getMutationCache().subscribe((event) => end(event.mutation?.state.error)),
  ];
  return () => stops.forEach((stop) => stop());
}
