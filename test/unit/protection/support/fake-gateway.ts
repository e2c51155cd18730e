import { type ProtectionLimits } from '../../../../src/adapters/gateway/protection/limits';
import {
  type Notification,
  type NotificationReply,
  type PaymentGateway,
  type PaymentRef,
  type RawNotification,
  type RefundRequest,
} from '../../../../src/ports/payment-gateway';

/** Small enough to be reached in a few calls. */
export const LIMITS: ProtectionLimits = {
  atOnce: 3,
  waiting: 2,
  lookBackCalls: 8,
  fewestCalls: 4,
  failureShare: 0.5,
  openForMs: 10_000,
};

const amount = { minor: 1999, currency: 'CNY' } as const;

export const REF: PaymentRef = {
  merchantNo: 'pay_1',
  gatewayRef: null,
  amount,
  expiresAt: '2026-01-01T00:30:00Z',
  description: 'Tea',
};

/** Answers every operation with one answer, at once or when it is let go. */
export class FakeGateway implements PaymentGateway {
  readonly name = 'wechat';
  readonly refusal = () => null;
  readonly refundRequest: RefundRequest = {
    merchantNo: 'pay_1',
    gatewayRef: null,
    transactionId: 't_1',
    refundNo: 'ref_1',
    amount,
    refund: amount,
    reason: 'a test',
  };
  answer: object = { t: 'pending' };
  asked = 0;
  private held: (() => void)[] | null = null;

  /** From now on calls stay under way. */
  hold(): void {
    this.held = [];
  }

  /** Ends the calls under way, and all further ones, with this answer. */
  letGo(answer: object): void {
    this.answer = answer;
    this.held?.forEach((end) => end());
    this.held = null;
  }

  /** Waits until the gateway was asked that often in all. */
  async isAsked(times: number): Promise<void> {
    for (let turn = 0; this.asked < times; turn += 1) {
      if (turn > 1_000) throw new Error(`asked ${this.asked} times, not ${times}`);
      await Promise.resolve();
    }
  }

  createPayment = () => this.ask<never>();
  query = () => this.ask<never>();
  close = () => this.ask<never>();
  refund = () => this.ask<never>();
  queryRefund = () => this.ask<never>();

  parseNotification(raw: RawNotification): Notification {
    return { t: 'ignored', eventId: raw.body.toString(), why: 'a test' };
  }

  notificationReply(accepted: boolean, why?: string): NotificationReply {
    return { status: 200, contentType: 'text/plain', body: `${accepted} ${why}` };
  }

  private async ask<O>(): Promise<O> {
    this.asked += 1;
    await new Promise<void>((resolve) => (this.held ? this.held.push(resolve) : resolve()));
    if (this.answer instanceof Error) throw this.answer;
    return this.answer as O;
  }
}
