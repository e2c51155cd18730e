/**
 * The order's states as a table. `closing` lasts as long as the gateway has not proved that nobody can pay any more;
 * the stock is held all the while. A state without a way out is terminal and never changes.
 */
export const ORDER_TRANSITIONS = {
  placing: ['awaiting_payment', 'rejected'],
  awaiting_payment: ['paid', 'closing'],
  closing: ['paid', 'cancelled'],
  paid: ['refunding'],
  refunding: ['paid', 'refunded'],
  refunded: [],
  cancelled: [],
  rejected: [],
} as const satisfies Record<string, readonly string[]>;

export type OrderStatus = keyof typeof ORDER_TRANSITIONS;

export const ORDER_STATUSES = Object.keys(ORDER_TRANSITIONS) as OrderStatus[];

/** Where every order begins: asked for, nothing held yet. */
export const INITIAL_STATUS: OrderStatus = 'placing';

/** Whether the table has an arrow from `from` to `to`. */
export function canMove(from: OrderStatus, to: OrderStatus): boolean {
  return (ORDER_TRANSITIONS[from] as readonly OrderStatus[]).includes(to);
}

/** States from which `to` may be entered: what a guarded UPDATE names in its WHERE. */
export function statesBefore(to: OrderStatus): OrderStatus[] {
  return ORDER_STATUSES.filter((from) => canMove(from, to));
}

/** No arrow leaves it. */
export function isTerminal(status: OrderStatus): boolean {
  return ORDER_TRANSITIONS[status].length === 0;
}

/** The wait for the money is over, one way or the other: nothing of the buying process changes any more. */
const SETTLED: readonly OrderStatus[] = ['paid', 'refunding', 'refunded', 'cancelled', 'rejected'];

export function isSettled(status: OrderStatus): boolean {
  return SETTLED.includes(status);
}

/**
 * The one way back out of `cancelled`, apart from the table because no other step may take it: late money revives an order
 * whose stock could be taken again, where the shop's policy says so.
 */
export const REVIVAL = { from: 'cancelled', to: 'paid' } as const satisfies { from: OrderStatus; to: OrderStatus };

/** Why an order was closed without being paid. */
export const CLOSE_REASONS = ['payment_window_over', 'buyer_cancelled', 'operator_cancelled'] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];
