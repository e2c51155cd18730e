import { createHmac } from 'node:crypto';

/**
 * `t=<Unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>" under the secret>`: Stripe's scheme, so that receivers find a verifier
 * in every language. docs/events.md shows one.
 */
export function signatureHeader(secret: string, unixSeconds: number, body: string): string {
  const mac = createHmac('sha256', secret).update(`${unixSeconds}.${body}`).digest('hex');
  return `t=${unixSeconds},v1=${mac}`;
}
