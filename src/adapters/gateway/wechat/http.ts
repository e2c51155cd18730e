import { randomBytes } from 'node:crypto';
import { type Unknown } from '../../../domain/payment';
import { type Clock } from '../../../ports/clock';
import { authorization, type MerchantSigner } from './signer';
import { type Cause, unknown } from './unknown';
import { type Disbelief, type HeaderReader, type Verify } from './verifier';

/** One request to WeChat Pay. `target` is path and query. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly target: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Ends the call, body included. */
  readonly signal: AbortSignal;
}

/** A verified answer below 500 that isn't throttling. `body` is the parsed JSON, null where the answer was empty. */
export interface Answer {
  readonly t: 'answer';
  readonly status: number;
  readonly body: unknown;
}

export interface HttpDeps {
  readonly baseUrl: string;
  readonly signer: MerchantSigner;
  /** The serial that the answer is asked to be signed under; null leaves it to the provider. */
  readonly preferredSerial: string | null;
  readonly now: Clock;
}

/** How answers are believed. */
export interface Belief {
  readonly verify: Verify;
  /** Looks for keys that came with a rotation; resolves whether or not there are any, and at the latest with the signal. */
  readonly learn: (signal: AbortSignal) => Promise<void>;
}

/** An answer as it came, not yet believed; `failure` where none came, or none that could be read to its end. */
export type Received =
  | { readonly t: 'received'; readonly status: number; readonly header: HeaderReader; readonly body: Buffer }
  | { readonly t: 'failure'; readonly status: number | null; readonly cause: 'timeout' | 'unparsable' };

/** `status` is null where no answer came; `disbelief` says why an answer wasn't believed. */
export interface Exchange {
  readonly status: number | null;
  readonly disbelief: Disbelief | null;
  readonly result: Answer | Unknown;
}

/** WeChat Pay refuses requests without a User-Agent. */
const USER_AGENT = 'holdfast-wechat/1';

/** An answer about one payment has some 2 KiB; anything near this limit comes from somebody else. */
const LARGEST_BODY = 256 * 1024;

/** Signs, sends and verifies one call. Never throws: what isn't a verified answer is an `unknown` with its cause. */
export async function exchange(deps: HttpDeps, belief: Belief, call: Call): Promise<Exchange> {
  const received = await receive(deps, call);
  if (received.t === 'failure') return { status: received.status, disbelief: null, result: unknown(received.cause) };
  const { status, header, body } = received;
  let disbelief = belief.verify(header, body);
  if (disbelief === 'unknown serial') {
    await belief.learn(call.signal);
    disbelief = belief.verify(header, body);
  }
  const cause = disbelief ? causeOfUnverified(status, disbelief, body) : causeOfVerified(status, body);
  const retryAfter = header('retry-after') ?? null;
  const result = cause ? unknown(cause, retryAfter, deps.now()) : ({ t: 'answer', status, body: parse(body) } as const);
  return { status, disbelief, result };
}

/** Signs and sends one call. Never throws, and believes nothing yet. */
export async function receive(deps: HttpDeps, call: Call): Promise<Received> {
  let response: Response;
  try {
    response = await send(deps, call);
  } catch {
    return { t: 'failure', status: null, cause: 'timeout' };
  }
  const { status } = response;
  try {
    const body = await readBody(response);
    return { t: 'received', status, header: (name) => response.headers.get(name), body };
  } catch {
    // The head came, the rest didn't: cut short by the time limit or by the connection.
    return { t: 'failure', status, cause: call.signal.aborted ? 'timeout' : 'unparsable' };
  }
}

function send(deps: HttpDeps, { method, target, body, signal }: Call): Promise<Response> {
  const text = body ? JSON.stringify(body) : '';
  const timestamp = Math.floor(deps.now() / 1000);
  const nonce = randomBytes(16).toString('hex');
  return fetch(new URL(target, deps.baseUrl), {
    method,
    headers: {
      authorization: authorization(deps.signer, { method, target, body: text, timestamp, nonce }),
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': USER_AGENT,
      ...(deps.preferredSerial === null ? {} : { 'wechatpay-serial': deps.preferredSerial }),
    },
    ...(body ? { body: text } : {}),
    // A redirected request would carry a signature over another target.
    redirect: 'manual',
    signal,
  });
}

async function readBody(response: Response): Promise<Buffer> {
  if (!response.body) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function causeOfVerified(status: number, body: Buffer): Cause | null {
  if (status >= 500) return '5xx';
  if (status === 429) return 'throttled';
  return parse(body) === undefined ? 'unparsable' : null;
}

/** Without a signature, a proxy's page or a broken-off body is told from an answer that claims to be WeChat Pay's. */
function causeOfUnverified(status: number, disbelief: Disbelief, body: Buffer): Cause {
  const foreign = disbelief === 'unsigned' || parse(body) === undefined;
  if (foreign && status >= 500) return '5xx';
  if (foreign && status === 429) return 'throttled';
  return parse(body) === undefined ? 'unparsable' : 'badSignature';
}

/** The JSON value; null for an empty body, undefined for what isn't JSON. */
function parse(body: Buffer): unknown {
  if (body.length === 0) return null;
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
