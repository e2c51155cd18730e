import { createHmac } from 'node:crypto';
import { type Core } from '../core';
import { cutInHalf, HTML_BODY } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type OutgoingRequest } from '../gateway';
import { deliver } from '../notify/delivery';
import { type Notification, type Payment } from '../state/types';
import { newId } from './ids';
import { type StripeKeys } from './keys';
import { chargeView, intentView, PLAIN, refundView, sessionView, type StripeObject, unix } from './objects';
import { PAID_EVENT, REFUND_EVENTS, type StripePayments } from './payments';
import { type StripeRecords } from './records';

/** The version that objects are shown in, whatever the client asks for. */
export const API_VERSION = '2026-10-28.endive';

/** The pauses after the first tries of an event that isn't the core's, compressed as the core's are. */
const PAUSES_MS = [1_000, 2_000, 5_000, 15_000, 60_000];

/** One event on its way to one endpoint; data, for a restart goes on with it. */
export interface DeliverCommand {
  readonly op: 'deliver';
  readonly url: string;
  readonly body: string;
  readonly attempts: number;
}

/** `t=…,v1=…`: HMAC-SHA256 over `t.body` with the endpoint's secret as it stands. */
export function signatureHeader(body: string, secret: string, nowMs: number): string {
  const t = Math.floor(nowMs / 1000);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}

/** The core's notification as Stripe's event for one delivery: same id every time, signed now, spoilt when a fault says so. */
export function renderNotification(
  notification: Notification,
  payment: Payment,
  parts: { readonly keys: StripeKeys; readonly records: StripeRecords; readonly nowMs: number },
  fault: Fault | null,
): OutgoingRequest {
  const { keys, records, nowMs } = parts;
  const refund = payment.refunds.find(({ refundNo }) => refundNo === notification.refundNo);
  const [type, object]: [string, StripeObject] =
    refund && refund.status !== 'PROCESSING'
      ? [REFUND_EVENTS[refund.status], refundView(payment, refund, records.refundNote(refund.refundId))]
      : [PAID_EVENT, intentView(payment, { fault, expand: [] })];
  const id = `evt_${notification.id.replaceAll('-', '')}`;
  const body = JSON.stringify({
    ...event(id, type, unix(notification.createdAt), object),
    ...(fault?.name === 'wrong_app' ? { livemode: true, account: 'acct_1SomebodyElse000' } : {}),
  });
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'User-Agent': 'Stripe/1.0 (sandbox)' };
  const signature = faultySignature(body, keys.webhookSecret, nowMs, fault);
  return { headers: { ...headers, ...signature }, body: spoilt(body, fault) };
}

function faultySignature(body: string, secret: string, nowMs: number, fault: Fault | null): Record<string, string> {
  if (fault?.name === 'missing_signature') return {};
  // A bad signature is a genuine one, of another body; an unknown serial is, here, another endpoint's secret.
  const signed = fault?.name === 'bad_signature' ? `${body}forged` : body;
  const key = fault?.name === 'unknown_serial' ? `${secret}other` : secret;
  const at = nowMs + (fault?.name === 'clock_skew' ? fault.ms : 0);
  return { 'Stripe-Signature': signatureHeader(signed, key, at) };
}

function spoilt(body: string, fault: Fault | null): string {
  switch (fault?.name) {
    case 'html_body':
      return HTML_BODY;
    case 'truncated_body':
      return cutInHalf(body);
    case 'tampered_cipher':
      // Stripe encrypts nothing: the nearest thing is one digit of the amount changed under a valid body's signature.
      return body.replace(/"amount":(\d)/, (_whole, digit: string) => `"amount":${(Number(digit) % 9) + 1}`);
    default:
      return body;
  }
}

function event(id: string, type: string, created: number, object: StripeObject): StripeObject {
  return {
    id,
    object: 'event',
    api_version: API_VERSION,
    created,
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  };
}

/**
 * The events beside the core's notifications: those that tell the same story again (`checkout.session.completed`,
 * `charge.refunded`), those of an ending (`payment_intent.canceled`, `checkout.session.expired`), and the core's own for
 * endpoints other than the newest. In no order, retried with back-off until 2xx or for good, subject to no fault and in
 * no ledger. One that is on its way as the sandbox stops is not sent again.
 */
export class Announcements {
  constructor(
    private readonly core: Core,
    private readonly keys: StripeKeys,
    private readonly records: StripeRecords,
    private readonly payments: StripePayments,
  ) {}

  paid(payment: Payment): void {
    this.emit(PAID_EVENT, intentView(payment, PLAIN), 1);
    if (payment.wire['mode'] === 'checkout') this.emit('checkout.session.completed', sessionView(payment, PLAIN));
  }

  closed(payment: Payment): void {
    if (payment.wire['mode'] === 'checkout') this.emit('checkout.session.expired', sessionView(payment, PLAIN));
    else this.emit('payment_intent.canceled', intentView(payment, PLAIN));
  }

  refunded(payment: Payment, refundNo: string): void {
    const refund = payment.refunds.find((candidate) => candidate.refundNo === refundNo);
    if (!refund || refund.status === 'PROCESSING' || !payment.paid) return;
    const view = refundView(payment, refund, this.records.refundNote(refund.refundId));
    this.emit(REFUND_EVENTS[refund.status], view, 1);
    if (refund.status === 'SUCCESS') this.emit('charge.refunded', chargeView(payment, payment.paid, PLAIN));
  }

  /** Delivers once; what isn't acknowledged is tried again later. */
  async deliver(command: DeliverCommand): Promise<void> {
    const { url, body, attempts } = command;
    const signature = signatureHeader(body, this.keys.webhookSecret, this.core.clock.nowMs());
    const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Stripe-Signature': signature };
    const result = await deliver(url, { headers, body }, this.records.stopped);
    if (this.records.stopped.aborted || (result !== null && isSuccess(result.status))) return;
    const pause = PAUSES_MS[attempts];
    if (pause !== undefined) this.later({ ...command, attempts: attempts + 1 }, pause);
  }

  private emit(type: string, object: StripeObject, skip = 0): void {
    const body = JSON.stringify(event(newId('evt'), type, Math.floor(this.core.clock.nowMs() / 1000), object));
    for (const url of this.payments.urls([type]).slice(skip)) this.later({ op: 'deliver', url, body, attempts: 0 }, 0);
  }

  private later(command: DeliverCommand, ms: number): void {
    this.core.deferrals.defer('stripe', command, { id: '', name: 'delayed', ms, copies: 1 });
  }
}

/** What Stripe takes for "got it". */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
