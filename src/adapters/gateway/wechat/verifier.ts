import { verify, type KeyObject } from 'node:crypto';
import { type Clock } from '../../../ports/clock';

/** Reads one header by its name in lower case. */
export type HeaderReader = (name: string) => string | null | undefined;

/** Why a message isn't believed. `probe`: WeChat Pay sends wrong signatures on purpose, to see that they are refused. */
export const DISBELIEFS = [
  'unsigned',
  'unknown serial',
  'stale timestamp',
  'bad signature',
  'signature probe',
] as const;
export type Disbelief = (typeof DISBELIEFS)[number];

/** Null: WeChat Pay sent these very bytes, just now. */
export type Verify = (header: HeaderReader, body: Buffer) => Disbelief | null;

/** WeChat Pay's own limit: a message whose timestamp is further off than five minutes is to be refused as a replay. */
const WINDOW_MS = 300_000;

/** The documented beginning of a signature that is wrong on purpose. */
const PROBE_PREFIX = 'WECHATPAY/SIGNTEST/';

/**
 * Verifies answers and notifications alike: RSA-SHA256 over `TIMESTAMP\nNONCE\nBODY\n` with the raw body's bytes.
 * Contract: 1. the serial names a known key; 2. the timestamp is within ±300 s of `now`; 3. the signature is
 * canonical base64 and verifies. Neither URL nor status is covered: TLS binds an answer to its request, and whoever
 * reads a body checks the payment's number in it.
 */
export function createVerifier(platformKeys: { get(serial: string): KeyObject | undefined }, now: Clock): Verify {
  return (header, body) => {
    const signature = header('wechatpay-signature');
    const serial = header('wechatpay-serial');
    const timestamp = header('wechatpay-timestamp');
    const nonce = header('wechatpay-nonce');
    if (!signature || !serial || !timestamp || !nonce) return 'unsigned';
    const key = platformKeys.get(serial);
    if (!key) return 'unknown serial';
    if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now() - Number(timestamp) * 1000) > WINDOW_MS)
      return 'stale timestamp';
    if (signature.startsWith(PROBE_PREFIX)) return 'signature probe';
    const bytes = Buffer.from(signature, 'base64');
    if (bytes.toString('base64') !== signature) return 'bad signature';
    const message = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`, 'utf8'), body, Buffer.from('\n')]);
    return verify('RSA-SHA256', message, key, bytes) ? null : 'bad signature';
  };
}
