import { type ActivityPorts } from '../../../../activities';
import { type Order, type PaymentAttempt } from '../../../../src/domain/order';
import {
  type CloseOutcome,
  type CreateOutcome,
  type GatewayName,
  type QueryOutcome,
  type RefundOutcome,
} from '../../../../src/domain/payment';
import { type LatePaymentPolicy } from '../../../../src/domain/refund';
import { type GatewayAnswer, type OrderProgress, type OrderStore } from '../../../../src/ports/order-store';
import { type PaymentGateway, type PaymentRef } from '../../../../src/ports/payment-gateway';
import { type RefundStore } from '../../../../src/ports/refund-store';
import { type PaymentFact, type WebhookInbox } from '../../../../src/ports/webhook-inbox';

export const ORDER_ID = 'ord_01J9ZZZZZZ0123456789ABCDEF';
export const NOW = Date.parse('2026-01-01T00:00:00.000Z');
const amount = { minor: 1999, currency: 'CNY' };
export const PAID = { transactionId: '4200000001', amount, paidAt: '2026-01-01T00:00:00.000Z' };
export const FACT: PaymentFact = { inboxId: '1', orderId: ORDER_ID, paymentId: 'pay_1', paid: PAID };

export const ATTEMPT: PaymentAttempt = {
  id: 'pay_1',
  gateway: 'wechat',
  status: 'pending',
  merchantNo: 'no_1',
  amount,
  expiresAt: '2026-01-01T00:30:00.000Z',
  payUrl: null,
  codeUrl: null,
  gatewayRef: 'ref_of_gateway',
  transactionId: null,
};
/** ATTEMPT as its gateway is told of it. */
export const REF: PaymentRef = {
  merchantNo: ATTEMPT.merchantNo,
  gatewayRef: ATTEMPT.gatewayRef,
  amount,
  expiresAt: ATTEMPT.expiresAt,
  description: 'Green tea',
};

export function orderWith(change: Partial<Order> = {}): Order {
  const line = { skuId: 'sku_tea', productId: 'prod_a', quantity: 1, unitPrice: amount, childId: 'chd_1' };
  return {
    id: ORDER_ID,
    status: 'awaiting_payment',
    buyerId: 'buyer_1',
    amount,
    lines: [{ ...line, title: 'Green tea', discountBasisPoints: 0, amount }],
    payBy: ATTEMPT.expiresAt,
    payment: ATTEMPT,
    refundedAmount: { minor: 0, currency: 'CNY' },
    storeId: null,
    referrerId: null,
    promotionId: null,
    note: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    paidAt: null,
    closedAt: null,
    closeReason: null,
    ...change,
  };
}

/** An order as its process reads it; the attempt is ATTEMPT where nothing else is said. */
export function progressOf(change: Partial<OrderProgress> = {}): OrderProgress {
  return {
    status: 'awaiting_payment',
    payBy: ATTEMPT.expiresAt,
    closeReason: null,
    payment: ATTEMPT,
    choice: null,
    switched: false,
    titles: ['Green tea'],
    ...change,
  };
}

const unused = (): never => {
  throw new Error('the activities have no business with this method');
};

/** Ports that write into `journal`, in order, what is asked of them; each test replaces those that it is about. */
export function fakePorts(parts: {
  orders?: Partial<OrderStore>;
  inbox?: Partial<WebhookInbox>;
  refunds?: Partial<RefundStore>;
  latePaymentPolicy?: LatePaymentPolicy;
  gateways?: readonly PaymentGateway[];
  now?: number;
}) {
  const journal: string[] = [];
  const answers: GatewayAnswer[] = [];
  const alerts: { what: string; context: Readonly<Record<string, unknown>> }[] = [];
  const ports: ActivityPorts = {
    orders: {
      place: unused,
      earlierAnswer: unused,
      rememberAnswer: unused,
      find: unused,
      list: unused,
      timeline: unused,
      progress: unused,
      reject: unused,
      paymentCreated: unused,
      beginClosing: unused,
      escalate: unused,
      confirm: unused,
      release: unused,
      extendWindow: unused,
      answeredPayments: unused,
      findPayment: unused,
      addAttempt: unused,
      keepChoice: unused,
      dropChoice: unused,
      choiceOf: () => Promise.resolve(null),
      openAttempts: unused,
      attemptClosed: unused,
      recordAnswer: (answer) => {
        journal.push(`record ${answer.op} ${answer.outcome.t}`);
        answers.push(answer);
        return Promise.resolve();
      },
      ...parts.orders,
    },
    inbox: {
      store: unused,
      claim: unused,
      delivered: unused,
      late: unused,
      pending: unused,
      paidFact: () => {
        journal.push('re-read');
        return Promise.resolve(null);
      },
      ...parts.inbox,
    },
    refunds: {
      request: unused,
      find: unused,
      ofNumber: unused,
      sending: unused,
      processing: unused,
      succeeded: unused,
      renumber: unused,
      manual: unused,
      settleLate: unused,
      unsettled: unused,
      ...parts.refunds,
    },
    latePaymentPolicy: parts.latePaymentPolicy ?? 'refund',
    gateways: new Map((parts.gateways ?? []).map((gateway) => [gateway.name, gateway])),
    paymentWindow: { defaultSeconds: 1800, minSeconds: 60, maxSeconds: 86_400 },
    escalateAfterMs: 900_000,
    now: () => parts.now ?? NOW,
    alert: (what, context) => {
      journal.push(`alert ${what}`);
      alerts.push({ what, context });
    },
  };
  return { ports, journal, answers, alerts };
}

export interface GatewayAnswers {
  readonly create?: CreateOutcome;
  readonly query?: QueryOutcome;
  readonly close?: CloseOutcome;
  readonly refund?: RefundOutcome;
  readonly queryRefund?: RefundOutcome;
}

/** A gateway with fixed answers that remembers what it was asked. */
export function fakeGateway(
  answers: GatewayAnswers,
  said: (call: string) => void = () => undefined,
  name: GatewayName = 'wechat',
) {
  const asked: { op: string; request: unknown }[] = [];
  const answer = <T>(op: string, request: unknown, outcome: T | undefined): Promise<T> => {
    said(op);
    asked.push({ op, request });
    return outcome === undefined ? Promise.reject(new Error(`nobody expected a ${op}`)) : Promise.resolve(outcome);
  };
  const gateway: PaymentGateway = {
    name,
    refusal: () => null,
    createPayment: (request) => answer('create', request, answers.create),
    query: (ref) => answer('query', ref, answers.query),
    close: (ref) => answer('close', ref, answers.close),
    refund: (request) => answer('refund', request, answers.refund),
    queryRefund: (request) => answer('queryRefund', request, answers.queryRefund),
    parseNotification: unused,
    notificationReply: unused,
  };
  return { gateway, asked };
}
