import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type OutgoingRequest } from '../gateway';

/** The providers' patience with a merchant's answer (payments.md: "answer within 5 s"). */
const ANSWER_WITHIN_MS = 5_000;
/** No acknowledgement is longer; the rest is not read. */
const LONGEST_ANSWER = 4_096;

/** What came back, or null when nothing did in time (dead URL, refused, too slow, cut off). */
export type DeliveryResult = { readonly status: number; readonly body: string } | null;

/**
 * Posts one notification: a connection of its own (nothing of ours keeps the merchant's server from closing), no
 * redirects, never throws. `signal` ends it early when the sandbox stops.
 */
export function deliver(url: string, outgoing: OutgoingRequest, signal: AbortSignal): Promise<DeliveryResult> {
  return new Promise((resolve) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    const headers = { ...outgoing.headers, 'Content-Length': String(Buffer.byteLength(outgoing.body)) };
    const request = send(url, { method: 'POST', agent: false, headers, signal: deadline }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (body.length < LONGEST_ANSWER) body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', () => resolve(null));
    });
    request.on('error', () => resolve(null));
    request.end(outgoing.body);
  });
}
