import { type OperatorAction } from '../../domain/operator-action';
import { type OrderStatus } from '../../domain/order-status';
import { type GatewayName } from '../../domain/payment';

/** Gateways as people call them. */
export const GATEWAY_NAMES: Readonly<Record<GatewayName, string>> = {
  wechat: 'WeChat Pay',
  alipay: 'Alipay',
  stripe: 'Stripe',
  points: 'the points',
};

type Data = Readonly<Record<string, unknown>>;

const CAUSES: Readonly<Record<string, string>> = {
  timeout: 'no answer in time',
  '5xx': 'an error of its own',
  badSignature: 'an answer whose signature is not right',
  throttled: 'asked too often, or too many calls wait',
  unparsable: 'an answer that cannot be read',
  unlisted: 'an answer that its contract does not have',
  circuitOpen: 'not asked, because most of the last calls had no answer',
};

const OUTCOMES: Readonly<Record<string, (data: Data) => string>> = {
  created: () => 'taken on: the buyer can pay',
  spent: () => 'the number is spent: closed or paid already',
  pending: () => 'not paid yet, still payable',
  paying: () => 'the buyer is paying at this moment',
  paid: () => 'paid',
  closedUnpaid: () => 'closed without a payment',
  absent: () => 'it knows no such payment',
  closed: ({ proof }) =>
    proof === 'ack' ? 'closed: nobody can pay any more' : 'closed already: nobody can pay any more',
  unknown: ({ cause }) => CAUSES[String(cause)] ?? 'no verified answer',
  rejected: () => 'refused for a reason that asking again does not mend',
  processing: () => 'taken on, not settled yet',
  succeeded: () => 'the money is on its way back',
  failed: () => 'failed for good under this number',
};

/** What a gateway said, by the name of its outcome. */
export function outcomeInWords(outcome: string, data: Data): string {
  return OUTCOMES[outcome]?.(data) ?? outcome;
}

/** The code that an answer carries: the gateway's, or our cause of not knowing. */
export function codeOf(data: Data): string | null {
  const code = data['code'] ?? data['cause'];
  return typeof code === 'string' ? code : null;
}

export const STATUS_WORDS: Readonly<Record<OrderStatus, string>> = {
  placing: 'being placed',
  awaiting_payment: 'waiting for its payment',
  closing: 'being closed at the gateway',
  paid: 'paid',
  refunding: 'being refunded',
  refunded: 'refunded',
  cancelled: 'cancelled',
  rejected: 'rejected: its stock was never held',
};

export const CLOSE_REASON_WORDS: Readonly<Record<string, string>> = {
  payment_window_over: 'its payment window was over',
  buyer_cancelled: 'the buyer cancelled it',
  operator_cancelled: 'an operator cancelled it',
};

/** An operator's action as the title of what was done. */
export function actionInWords(action: OperatorAction): string {
  switch (action.kind) {
    case 'extend':
      return `Extend the payment window until ${action.payBy}`;
    case 'cancel':
      return 'Cancel the order';
    case 'retry_now':
      return 'Ask the gateway now';
    case 'switch_gateway':
      return `Offer the payment at ${GATEWAY_NAMES[action.gateway]}`;
    case 'refund': {
      const what = action.amount
        ? `${action.amount.minor} (minor units, ${action.amount.currency})`
        : 'all that is left';
      return `Refund ${what}${action.restock ? ' and put the units back on sale' : ''}`;
    }
    case 'restock':
      return `Put back on sale: ${action.lines.map(({ skuId, quantity }) => `${quantity} × ${skuId}`).join(', ')}`;
    case 'manual':
      return 'Mark for manual handling';
    case 'resume':
      return 'Take the mark for manual handling away';
  }
}
