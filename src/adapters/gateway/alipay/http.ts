import { z } from 'zod';
import { type Unknown } from '../../../domain/payment';
import { type Clock } from '../../../ports/clock';
import { type AlipayCrypto, type Content, type Method } from './crypto';
import { type RawMembers, rawMembers } from './envelope';
import { type Cause, unknown } from './unknown';

/** One request to Alipay. `signal` ends it, body included. */
export interface Call {
  readonly method: Method;
  readonly content: Content;
  readonly notifyUrl?: string;
  readonly signal: AbortSignal;
}

/** A verified answer: what Alipay signed, parsed from the signed text itself. */
export interface Answer {
  readonly t: 'answer';
  /** 10000, 40004 … */
  readonly code: string;
  /** ACQ.TRADE_NOT_EXIST …; null where there is none. */
  readonly subCode: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface HttpDeps {
  readonly baseUrl: string;
  readonly crypto: AlipayCrypto;
  readonly now: Clock;
}

/** Why an answer isn't believed. */
export type Disbelief = 'unsigned' | 'bad signature' | 'not the answer to this call';

/** `status` is null where no answer came. */
export interface Exchange {
  readonly status: number | null;
  readonly disbelief: Disbelief | null;
  readonly result: Answer | Unknown;
}

/** An answer about one trade has some 3 KiB; anything near this limit comes from somebody else. */
const LARGEST_BODY = 256 * 1024;

const responseBody = z.looseObject({ code: z.string().min(1), sub_code: z.string().optional() });

/** Signs, sends and verifies one call. Never throws: what isn't a verified answer is an `unknown` with its cause. */
export async function exchange(deps: HttpDeps, call: Call): Promise<Exchange> {
  let response: Response;
  try {
    response = await send(deps, call);
  } catch {
    return { status: null, disbelief: null, result: unknown('timeout') };
  }
  const { status } = response;
  let text: string;
  try {
    text = await readBody(response);
  } catch {
    // The head came, the rest didn't: cut short by the time limit or by the connection.
    return { status, disbelief: null, result: unknown(call.signal.aborted ? 'timeout' : 'unparsable') };
  }
  return { status, ...judge(deps.crypto, call.method, status, text) };
}

function send({ baseUrl, crypto, now }: HttpDeps, call: Call): Promise<Response> {
  return fetch(baseUrl, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
    body: crypto.request(call.method, call.content, call.notifyUrl ?? null, now()),
    redirect: 'manual',
    signal: call.signal,
  });
}

async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
}

/** Verifies first; then parses the verified text and no other. */
function judge(crypto: AlipayCrypto, method: Method, status: number, text: string): Omit<Exchange, 'status'> {
  const members = rawMembers(text);
  if (!members) return { disbelief: null, result: unknown(causeByStatus(status) ?? 'unparsable') };
  const disbelief = disbeliefOf(crypto, method, members);
  if (disbelief) {
    const foreign = disbelief === 'unsigned' ? causeByStatus(status) : null;
    return { disbelief, result: unknown(foreign ?? 'badSignature') };
  }
  const body = responseBody.safeParse(parse(answerText(method, members) ?? ''));
  if (!body.success) return { disbelief: null, result: unknown(causeByStatus(status) ?? 'unparsable') };
  const cause = causeByStatus(status);
  if (cause) return { disbelief: null, result: unknown(cause) };
  const { code, sub_code: subCode } = body.data;
  return { disbelief: null, result: { t: 'answer', code, subCode: subCode ?? null, body: body.data } };
}

function disbeliefOf(crypto: AlipayCrypto, method: Method, members: RawMembers): Disbelief | null {
  const signature = parse(members.get('sign') ?? '');
  if (typeof signature !== 'string' || signature === '') return 'unsigned';
  const text = answerText(method, members);
  if (text === null) return 'not the answer to this call';
  return crypto.verifies(text, signature) ? null : 'bad signature';
}

/** The signed part: the member of this very method, or the gateway's own refusal; never both. */
function answerText(method: Method, members: RawMembers): string | null {
  const own = members.get(`${method.replaceAll('.', '_')}_response`);
  const refused = members.get('error_response');
  return own !== undefined && refused !== undefined ? null : (own ?? refused ?? null);
}

/** Alipay answers 200 whatever it has to say: another status is a proxy's, or a gateway's in trouble. */
function causeByStatus(status: number): Cause | null {
  if (status === 200) return null;
  if (status === 429) return 'throttled';
  return status >= 500 ? '5xx' : 'unlisted';
}

/** The JSON value; undefined for what isn't JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
