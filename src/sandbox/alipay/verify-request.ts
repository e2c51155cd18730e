import { verify } from 'node:crypto';
import { AlipayRefusal } from './errors';
import { type AlipaySecrets } from './keys';
import { parseChinaTime } from './wire-values';

/** How far a request's timestamp may be off, either way: far less than a time zone. */
const WINDOW_MS = 600_000;

/** The public parameters of a request, body and query string together; empty ones are gone. */
export type Parameters = ReadonlyMap<string, string>;

/**
 * Reads query string and form body. @throws AlipayRefusal isv.invalid-parameter where a parameter comes twice: which of
 * the two is signed would be a matter of taste
 */
export function readParameters(query: string, body: string): Parameters {
  const found = new Map<string, string>();
  for (const [name, value] of [...new URLSearchParams(query), ...new URLSearchParams(body)]) {
    if (value === '') continue;
    if (found.has(name)) throw new AlipayRefusal('isv.invalid-parameter', `${name} comes twice`);
    found.set(name, value);
  }
  return found;
}

/** What a request's signature covers: all non-empty parameters but `sign`, sign_type included, sorted by name. */
export function signedText(parameters: Parameters): string {
  return [...parameters]
    .filter(([name]) => name !== 'sign')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Checks app, formats, timestamp and RSA2 signature. @throws AlipayRefusal isv.missing-… (40001) or isv.invalid-… (40002) */
export function verifyRequest(parameters: Parameters, secrets: AlipaySecrets, nowMs: number): void {
  const appId = required(parameters, 'app_id', 'isv.missing-app-id');
  const signature = required(parameters, 'sign', 'isv.missing-signature');
  const signType = required(parameters, 'sign_type', 'isv.missing-signature-type');
  const timestamp = required(parameters, 'timestamp', 'isv.missing-timestamp');
  const version = required(parameters, 'version', 'isv.missing-version');
  if (appId !== secrets.stored.appId) throw new AlipayRefusal('isv.invalid-app-id');
  if (signType !== 'RSA2') throw new AlipayRefusal('isv.invalid-signature-type', 'the sandbox takes RSA2');
  if (version !== '1.0') throw new AlipayRefusal('isv.invalid-parameter', 'version must be 1.0');
  if (parameters.get('charset')?.toLowerCase() !== 'utf-8') {
    throw new AlipayRefusal('isv.invalid-charset', 'the sandbox takes utf-8');
  }
  if (!/^json$/i.test(parameters.get('format') ?? 'JSON')) throw new AlipayRefusal('isv.invalid-format');
  if (!verifies(parameters, signature, secrets)) {
    throw new AlipayRefusal('isv.invalid-signature', `网关生成的验签字符串为：${signedText(parameters)}`);
  }
  const sentAt = parseChinaTime(timestamp);
  if (Number.isNaN(sentAt) || Math.abs(sentAt - nowMs) > WINDOW_MS) {
    throw new AlipayRefusal('isv.invalid-timestamp', 'yyyy-MM-dd HH:mm:ss of China, at most 10 minutes off');
  }
}

function verifies(parameters: Parameters, signature: string, secrets: AlipaySecrets): boolean {
  const text = Buffer.from(signedText(parameters), 'utf8');
  return verify('RSA-SHA256', text, secrets.appPublic, Buffer.from(signature, 'base64'));
}

function required(
  parameters: Parameters,
  name: string,
  refusal: ConstructorParameters<typeof AlipayRefusal>[0],
): string {
  const value = parameters.get(name);
  if (value === undefined) throw new AlipayRefusal(refusal);
  return value;
}
