import { type CloseOutcome, type CreateOutcome, type QueryOutcome } from '../../../domain/payment';
import { type PaymentRef } from '../../../ports/payment-gateway';
import { type Call, isSessionId, sendCreate } from './calls';
import { type SendOptions } from './client';
import { findAttempt } from './find';
import { type Intent, intentBody, intentOutcome, read, type Session, sessionBody, sessionOutcome } from './objects';
import { CLOSE, closeOutcomeByQuery, CREATE, look, nameOf, QUERY } from './outcomes';
import { unknown } from './unknown';

/**
 * Offers the payment. The same number again is the same offer: where the answer is a stored one (`Idempotent-Replayed`),
 * the payment is looked at, for a stored "open" may be closed or paid by now, and a stored 5xx may have made it.
 */
export async function createAttempt(call: Call, ref: PaymentRef): Promise<CreateOutcome> {
  const answered = await call.ask((options) => sendCreate(call, ref, options));
  const { result } = answered;
  if (result.t === 'unknown') return answered.storedFailure ? findCreated(call, ref) : result;
  if (result.t === 'error') {
    const verdict = look(CREATE, result);
    if (verdict === 'rejected') return { t: 'rejected', code: nameOf(result) };
    return unknown(verdict === 'throttled' ? 'throttled' : 'unlisted');
  }
  const made = offerOf(call, result.body);
  if (!made) return unknown('unparsable');
  return result.replayed ? stillOpen(call, ref, made) : made;
}

type Offer = Extract<CreateOutcome, { t: 'created' }> & { readonly gatewayRef: string };

/** Behind a stored 5xx: what the request made before it failed, if it did. Never made again: it may yet land. */
async function findCreated(call: Call, ref: PaymentRef): Promise<CreateOutcome> {
  const found = await findAttempt(call, ref);
  if (found.t === 'none' || found.t === 'cut') return unknown('5xx');
  if (found.t !== 'found') return found;
  const { result } = await call.ask((options) => sendRetrieve(call, found.id, options));
  if (result.t === 'unknown') return result;
  const made = result.t === 'ok' ? offerOf(call, result.body) : null;
  return made ? stillOpen(call, ref, made) : unknown('unparsable');
}

async function stillOpen(call: Call, ref: PaymentRef, made: Offer): Promise<CreateOutcome> {
  const found = await queryById(call, ref, made.gatewayRef);
  switch (found.t) {
    case 'pending':
      return made.payUrl === null ? unknown('unparsable') : made;
    case 'paying':
    case 'paid':
    case 'closedUnpaid':
      return { t: 'spent', code: found.t };
    case 'absent':
      return unknown('unlisted');
    case 'unknown':
    case 'rejected':
      return found;
  }
}

/**
 * The offer in a session (its hosted page) or an intent (the merchant's page, told by the parameters that Stripe itself
 * adds to a return address). A closed session has no page.
 */
function offerOf({ config }: Call, body: unknown): Offer | null {
  const session = read(sessionBody, body);
  if (session) return { t: 'created', payUrl: session.url ?? null, codeUrl: null, gatewayRef: session.id };
  const intent = read(intentBody, body);
  if (!intent?.client_secret) return null;
  const page = new URL(config.returnUrl);
  page.searchParams.set('payment_intent', intent.id);
  page.searchParams.set('payment_intent_client_secret', intent.client_secret);
  return { t: 'created', payUrl: page.href, codeUrl: null, gatewayRef: intent.id };
}

/** Asks about the attempt; one whose create was never answered is looked for, and never made by asking. */
export async function queryAttempt(call: Call, ref: PaymentRef): Promise<QueryOutcome> {
  if (ref.gatewayRef !== null) return queryById(call, ref, ref.gatewayRef);
  const found = await findAttempt(call, ref);
  switch (found.t) {
    case 'found':
      return queryById(call, ref, found.id);
    case 'none':
      return { t: 'absent', payableUntil: ref.expiresAt };
    case 'cut':
      return unknown('unlisted');
    case 'unknown':
    case 'rejected':
      return found;
  }
}

/**
 * Closes the attempt. Where its create was never answered and a complete list doesn't show it, it is absent and nothing
 * is made: a create that lands late lands on nobody, for the page's address or the intent's secret, without which nobody
 * can pay, were only in the answer that was lost; and a session ends with `expires_at` besides. A list too long to be
 * read to its end proves nothing: then the create is repeated under its key, which answers what it made, and that is closed.
 */
export async function closeAttempt(call: Call, ref: PaymentRef): Promise<CloseOutcome> {
  if (ref.gatewayRef !== null) return closeById(call, ref, ref.gatewayRef);
  const found = await findAttempt(call, ref);
  switch (found.t) {
    case 'found':
      return closeById(call, ref, found.id);
    case 'none':
      return { t: 'absent', payableUntil: ref.expiresAt };
    case 'cut':
      return closeByCreating(call, ref);
    case 'unknown':
    case 'rejected':
      return found;
  }
}

async function closeByCreating(call: Call, ref: PaymentRef): Promise<CloseOutcome> {
  const { result } = await call.ask((options) => sendCreate(call, ref, options));
  if (result.t === 'unknown') return result;
  if (result.t === 'ok') {
    const made = offerOf(call, result.body);
    return made ? closeById(call, ref, made.gatewayRef) : unknown('unparsable');
  }
  // Refused for its expiry and no stored answer: it was never made, and is refused from now on.
  if (result.param === 'expires_at') return { t: 'absent', payableUntil: ref.expiresAt };
  const verdict = look(CREATE, result);
  if (verdict === 'rejected') return { t: 'rejected', code: nameOf(result) };
  return unknown(verdict === 'throttled' ? 'throttled' : 'unlisted');
}

async function queryById(call: Call, ref: PaymentRef, id: string): Promise<QueryOutcome> {
  const answered = await call.ask((options) => sendRetrieve(call, id, options));
  const { result } = answered;
  switch (result.t) {
    case 'unknown':
      return result;
    case 'error': {
      const verdict = look(QUERY, result);
      if (verdict === 'rejected') return { t: 'rejected', code: nameOf(result) };
      return unknown(verdict === 'throttled' ? 'throttled' : 'unlisted');
    }
    case 'ok':
      return stateOf(result.body, ref, id, call.live);
  }
}

function stateOf(body: unknown, ref: PaymentRef, id: string, live: boolean): QueryOutcome {
  const object = objectOf(body, id);
  if (!object) return unknown('unparsable');
  return object.object === 'payment_intent' ? intentOutcome(object, ref, live) : sessionOutcome(object, ref, live);
}

/** The object of that id; null where it's another or unreadable. */
function objectOf(body: unknown, id: string): Session | Intent | null {
  const object = isSessionId(id) ? read(sessionBody, body) : read(intentBody, body);
  return object?.id === id ? object : null;
}

/** Expires or cancels. An acknowledgement is the object in its closed state; a refusal is asked about within the call. */
async function closeById(call: Call, ref: PaymentRef, id: string): Promise<CloseOutcome> {
  const { result } = await call.ask((options) => sendClose(call, id, options));
  if (result.t === 'unknown') return result;
  if (result.t === 'ok') return acknowledged(result.body, ref, id, call.live);
  const verdict = look(CLOSE, result);
  switch (verdict) {
    case 'askQuery':
      return closeOutcomeByQuery(await queryById(call, ref, id));
    case 'rejected':
      return { t: 'rejected', code: nameOf(result) };
    case 'throttled':
      return unknown('throttled');
    case null:
      return unknown('unlisted');
  }
}

/** Number and mode are checked here too: a close of somebody else's payment proves nothing of ours. */
function acknowledged(body: unknown, ref: PaymentRef, id: string, live: boolean): CloseOutcome {
  const object = objectOf(body, id);
  if (!object) return unknown('unparsable');
  if (object.livemode !== live) return { t: 'rejected', code: 'MERCHANT_MISMATCH' };
  if (object.metadata?.['merchantNo'] !== ref.merchantNo) return { t: 'rejected', code: 'NUMBER_MISMATCH' };
  const closed = object.object === 'payment_intent' ? 'canceled' : 'expired';
  return object.status === closed ? { t: 'closed', proof: 'ack' } : unknown('unlisted');
}

/** With the charge, which alone tells when the money came and how much of it has gone back. */
function sendRetrieve({ stripe }: Call, id: string, options: SendOptions): Promise<unknown> {
  return isSessionId(id)
    ? stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent.latest_charge'] }, options)
    : stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] }, options);
}

/** Without an Idempotency-Key: a stored refusal or 5xx would be answered for a day, and closing twice is closing once. */
function sendClose({ stripe }: Call, id: string, options: SendOptions): Promise<unknown> {
  return isSessionId(id)
    ? stripe.checkout.sessions.expire(id, {}, options)
    : stripe.paymentIntents.cancel(id, {}, options);
}
