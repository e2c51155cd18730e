import { type OrderStatus } from '../../domain/order-status';
import { type GatewayName } from '../../domain/payment';
import { type ShopOrder } from '../../storefront/contract';
import { ApiError } from '../kit/api';

export const GATEWAY_NAMES: Record<GatewayName, string> = {
  wechat: 'WeChat Pay',
  alipay: 'Alipay',
  stripe: 'Card (Stripe)',
  points: 'Points',
};

/** What a refusal means to the buyer, by its code. */
const WORDS: Readonly<Record<string, string>> = {
  unreachable: 'The shop did not answer. Check your connection and try again; you will not be charged twice.',
  not_ready: 'The shop is catching its breath. Try again in a moment; you will not be charged twice.',
  too_busy: 'Many people want this at once. Try again in a moment.',
  request_in_progress: 'Your order is on its way; this takes a moment longer than usual.',
  internal: 'Something went wrong on our side. Try again in a moment; you will not be charged twice.',
  unauthenticated: 'Your visit has ended. Reload the page to go on.',
  validation_failed: 'Some details are missing or wrong. The fields say which.',
  out_of_stock: 'Somebody was quicker: there is less in stock than you asked for. Nothing was ordered.',
  sold_out: 'Sold out: somebody was quicker. Nothing was ordered. Units come back when an order is not paid in time.',
  sku_not_found: 'We no longer have this.',
  sku_off_shelf: 'One of these is not on sale at the moment.',
  cart_empty: 'Your cart is empty.',
  cart_full: 'Your cart is full: it takes 50 different things.',
  cart_changed: 'Your cart has changed, perhaps in another window. Look at it and try again.',
  promotion_not_found: 'This offer no longer exists.',
  promotion_not_running: 'This offer has not begun yet, or is over.',
  promotion_not_applicable: 'This offer is not for what you are buying.',
  promotion_limit_reached: 'You have already had this offer as often as one buyer may.',
  promotion_quota_reached: 'This offer is used up for now: others hold the rest of it.',
  insufficient_points: 'You do not have enough points for this. Choose another way to pay.',
  gateway_not_available: 'This way of paying is not available here. Choose another one.',
  gateway_cannot_take: 'This way of paying cannot take this amount. Choose another one.',
  previous_payment_open: 'We could not yet make sure that the earlier payment is closed. Try again in a moment.',
  already_paid: 'The order is paid already.',
  not_payable: 'The order no longer waits for a payment.',
  not_cancellable: 'The order can no longer be cancelled.',
  order_not_found: 'There is no such order among yours.',
  idempotency_key_reused: 'Your order has changed meanwhile. Try again.',
  mixed_currencies: 'These have prices in different currencies. Order them separately.',
  amount_out_of_range: 'This is more than one order may come to. Order in parts.',
};

/** A failure in the buyer's words; what the table doesn't know is said as the service said it. */
export function inWords(error: unknown): string {
  if (!(error instanceof ApiError)) return 'Something went wrong on this page. Reload it and try again.';
  return WORDS[error.code] ?? error.message;
}

const STATUS: Record<OrderStatus, string> = {
  placing: 'Being placed',
  awaiting_payment: 'Waiting for your payment',
  closing: 'Being closed',
  paid: 'Paid',
  refunding: 'Being refunded',
  refunded: 'Refunded',
  cancelled: 'Cancelled',
  rejected: 'Not placed',
};

export function statusInWords(status: OrderStatus): string {
  return STATUS[status];
}

const WHY_CLOSED: Record<NonNullable<ShopOrder['closeReason']>, string> = {
  payment_window_over: 'The time to pay was over.',
  buyer_cancelled: 'You cancelled it.',
  operator_cancelled: 'The shop cancelled it.',
};

/** What the state means to the buyer, and what comes next. */
export function storyOf({ status, closeReason }: ShopOrder): string {
  switch (status) {
    case 'placing':
      return 'We are setting your things aside.';
    case 'awaiting_payment':
      return 'Your things are set aside for you until the time to pay is over.';
    case 'closing':
      return 'We are making sure that no payment is under way. If you have paid, the order counts as paid.';
    case 'paid':
      return 'Thank you! Your payment has arrived, and your things are yours.';
    case 'refunding':
      return 'Your money is on its way back.';
    case 'refunded':
      return 'Your money went back to where it came from.';
    case 'cancelled':
      return `${closeReason ? `${WHY_CLOSED[closeReason]} ` : ''}Nothing can be paid any more; a payment that still arrives is sent back.`;
    case 'rejected':
      return 'The order never came into being: there was too little in stock.';
  }
}
