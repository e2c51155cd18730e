import { type Rejected, type RefundOutcome, type Unknown } from '../../../domain/payment';
import { type PaymentRef, type RefundRequest } from '../../../ports/payment-gateway';
import { type Call } from './calls';
import { type Exchange, type SendOptions } from './client';
import { listBody, read, refundAnswer, refundBody } from './objects';
import { look, nameOf, QUERY } from './outcomes';
import { unknown } from './unknown';

/**
 * Finding what Stripe has under one of *our* numbers, which it knows as metadata only. By listing, not by searching:
 * Stripe's search is an index that lags behind by a minute and more and is documented as unfit for reading after a
 * write; a list reads the objects themselves. "Not there" is worth something only from a list that was read to its end.
 */
export type Found =
  | { readonly t: 'found'; readonly id: string }
  | { readonly t: 'none' }
  /** There is more than was read. */
  | { readonly t: 'cut' }
  | Unknown
  | Rejected;

/** Stripe's largest page. */
const PAGE = 100;
/** 1,000 attempts of one day, newest first: reading on would take longer than a call may. */
const MOST_PAGES = 10;
/** No window is longer than a day (a session's longest life), and clocks may differ by minutes. */
const LONGEST_WINDOW_S = 24 * 3600 + 600;

interface Item {
  readonly id: string;
  readonly [key: string]: unknown;
}

/** The attempt whose create was never answered, among those made within a day of its expiry. */
export async function findAttempt(call: Call, ref: PaymentRef): Promise<Found> {
  const { stripe, config, live } = call;
  const created = { gte: Math.floor(Date.parse(ref.expiresAt) / 1000) - LONGEST_WINDOW_S };
  const page = (after: object, options: SendOptions): Promise<unknown> =>
    config.mode === 'checkout'
      ? stripe.checkout.sessions.list({ created, limit: PAGE, ...after }, options)
      : stripe.paymentIntents.list({ created, limit: PAGE, ...after }, options);
  const item = await firstOf(call, page, (candidate) => {
    return candidate['livemode'] === live && metadataOf(candidate)['merchantNo'] === ref.merchantNo;
  });
  return item.t === 'item' ? { t: 'found', id: item.item.id } : item;
}

/** What has become of a refund number; `absent` where the payment has no such refund. */
export async function findRefund(call: Call, request: RefundRequest): Promise<RefundOutcome> {
  const payment_intent = request.transactionId;
  const page = (after: object, options: SendOptions): Promise<unknown> =>
    call.stripe.refunds.list({ payment_intent, limit: PAGE, ...after }, options);
  const found = await firstOf(call, page, (refund) => metadataOf(refund)['refundNo'] === request.refundNo);
  switch (found.t) {
    case 'item': {
      const refund = read(refundBody, found.item);
      return refund ? refundAnswer(refund, request) : unknown('unparsable');
    }
    case 'none':
      return { t: 'absent' };
    case 'cut':
      return unknown('unlisted');
    case 'unknown':
    case 'rejected':
      return found;
  }
}

/** The first match, page by page. */
async function firstOf(
  call: Call,
  page: (after: object, options: SendOptions) => Promise<unknown>,
  matches: (item: Item) => boolean,
): Promise<{ readonly t: 'item'; readonly item: Item } | Exclude<Found, { t: 'found' }>> {
  let after = {};
  for (let read = 0; read < MOST_PAGES; read += 1) {
    const from = after;
    const list = pageOf(await call.ask((options) => page(from, options)));
    if ('t' in list) return list;
    const item = list.data.find(matches);
    if (item) return { t: 'item', item };
    const last = list.data.at(-1);
    if (!list.has_more || !last) return { t: 'none' };
    after = { starting_after: last.id };
  }
  return { t: 'cut' };
}

function pageOf({ result }: Exchange): { has_more: boolean; data: Item[] } | Unknown | Rejected {
  switch (result.t) {
    case 'ok':
      return read(listBody, result.body) ?? unknown('unparsable');
    case 'unknown':
      return result;
    case 'error': {
      const verdict = look(QUERY, result);
      if (verdict === 'rejected') return { t: 'rejected', code: nameOf(result) };
      return unknown(verdict === 'throttled' ? 'throttled' : 'unlisted');
    }
  }
}

function metadataOf(item: Item): Readonly<Record<string, unknown>> {
  const { metadata } = item;
  return typeof metadata === 'object' && metadata !== null ? { ...metadata } : {};
}
