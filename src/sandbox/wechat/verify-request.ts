import { verify } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';
import { type WechatSecrets } from './keys';
import { WechatRefusal } from './errors';

const SCHEME = 'WECHATPAY2-SHA256-RSA2048';
/** WeChat's window for the request's timestamp, either way. */
const WINDOW_MS = 300_000;

/** A request as it arrived; `url` is the path with its query, `body` the raw bytes. */
export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Remembers the nonces of accepted requests for as long as their timestamps are acceptable. */
export class NonceMemory {
  private readonly seen = new Map<string, number>();

  /** Notes a nonce; false when it was used before. */
  note(nonce: string, nowMs: number): boolean {
    for (const [old, forgetAt] of this.seen) {
      if (forgetAt > nowMs) break;
      this.seen.delete(old);
    }
    if (this.seen.has(nonce)) return false;
    this.seen.set(nonce, nowMs + 2 * WINDOW_MS);
    return true;
  }
}

/**
 * Checks headers and signature of a request (`METHOD\nURL\nTIMESTAMP\nNONCE\nBODY\n`, RSA-SHA256 by the merchant's key).
 * @throws WechatRefusal SIGN_ERROR, or PARAM_ERROR for the media types
 */
export function verifyRequest(
  request: SignedRequest,
  secrets: WechatSecrets,
  nowMs: number,
  nonces: NonceMemory,
): void {
  const fields = parseAuthorization(request.headers.authorization);
  const { stored } = secrets;
  if (fields.mchid !== stored.mchid) throw signError('mchid', 'unknown merchant');
  if (fields.serial_no !== stored.merchantSerial) throw signError('serial_no', 'unknown merchant certificate serial');
  const skewMs = Math.abs(Number(fields.timestamp) * 1000 - nowMs);
  if (!/^\d+$/.test(fields.timestamp) || skewMs > WINDOW_MS) throw signError('timestamp', 'more than 5 minutes off');
  const message = Buffer.concat([
    Buffer.from(`${request.method}\n${request.url}\n${fields.timestamp}\n${fields.nonce_str}\n`),
    request.body,
    Buffer.from('\n'),
  ]);
  if (!verify('RSA-SHA256', message, secrets.merchantPublic, Buffer.from(fields.signature, 'base64'))) {
    throw signError('signature', 'the signature does not match METHOD\\nURL\\nTIMESTAMP\\nNONCE\\nBODY\\n');
  }
  if (!nonces.note(fields.nonce_str, nowMs)) throw signError('nonce_str', 'used before');
  checkMediaTypes(request);
}

const FIELD_NAMES = ['mchid', 'serial_no', 'nonce_str', 'timestamp', 'signature'] as const;
type AuthorizationFields = Record<(typeof FIELD_NAMES)[number], string>;

function parseAuthorization(header: string | undefined): AuthorizationFields {
  if (!header?.startsWith(`${SCHEME} `)) throw signError('authorization', `expected the scheme ${SCHEME}`);
  const given = new Map([...header.matchAll(/(\w+)="([^"]*)"/g)].map((match) => [match[1] ?? '', match[2] ?? '']));
  const missing = FIELD_NAMES.find((name) => !given.get(name));
  if (missing !== undefined) throw signError(missing, 'missing');
  return Object.fromEntries(FIELD_NAMES.map((name) => [name, given.get(name) ?? ''])) as AuthorizationFields;
}

function signError(field: string, issue: string): WechatRefusal {
  return new WechatRefusal('SIGN_ERROR', `The request's signature was refused: ${field}: ${issue}`, {
    field,
    issue,
    location: 'authorization',
  });
}

function checkMediaTypes(request: SignedRequest): void {
  const accept = request.headers.accept ?? '';
  if (!/application\/(json|\*)|\*\/\*/.test(accept)) throw headerError('Accept', 'must be application/json or */*');
  const contentType = request.headers['content-type'] ?? '';
  if (request.method === 'POST' && !/^application\/json\b/i.test(contentType)) {
    throw headerError('Content-Type', 'must be application/json');
  }
}

function headerError(field: string, issue: string): WechatRefusal {
  return new WechatRefusal('PARAM_ERROR', `${field} ${issue}`, { field, issue, location: 'header' });
}
