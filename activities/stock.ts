import { parseDraft } from '../src/domain/draft';
import { type ErrorCode, type ErrorContext, HoldfastError, PLACING_REFUSALS } from '../src/domain/errors';
import { type CloseReason, isSettled, type OrderStatus } from '../src/domain/order-status';
import { type Paid } from '../src/domain/payment';
import {
  type ExtendCommand,
  type ExtendOutcome,
  type MoveOutcome,
  type OrderProgress,
  type Placing,
  type ReleaseCommand,
} from '../src/ports/order-store';
import { demandTakes } from '../src/ports/payment-gateway';
import { asActivity } from './failures';
import { type Offers } from './offers';
import { type PaidAttempt } from './attempt';
import { type AttemptToOffer } from './payment';
import { type ActivityPorts } from './ports';

/** Where the order stands once its stock is held, or that it never was. */
export type HeldOrder =
  | (Pick<OrderProgress, 'payBy' | 'closeReason' | 'switched'> & {
      readonly status: Exclude<OrderStatus, 'placing'>;
      readonly payment: AttemptToOffer | null;
      /** The gateway has answered the create already; absent in answers from before it was asked here. */
      readonly offered?: true;
      /** The payment, where asking for it was paying. */
      readonly paid?: PaidAttempt;
    })
  | { readonly status: 'rejected' };

export interface ClosingCommand {
  readonly orderId: string;
  readonly reason: CloseReason;
  readonly note: string | null;
}

/** How an order can end. */
export type EndStatus = Extract<OrderStatus, 'paid' | 'cancelled' | 'rejected' | 'refunding' | 'refunded'>;

export interface Confirmed {
  readonly status: EndStatus;
  /** Null when the order ended without a payment; absent in answers from before it was told. */
  readonly kept?: string | null;
}

export interface Closing {
  readonly status: 'closing' | EndStatus;
  readonly escalateAfterMs: number;
}

/** What a shop can do nothing about but tell the buyer: such an order ends as `rejected` instead of failing. */
const REJECTIONS: readonly ErrorCode[] = [
  ...PLACING_REFUSALS,
  // What its SKUs ask the buyer for can't be brought along by Temporal, whose payloads hold nothing personal.
  'validation_failed',
];

/** Short database steps: the hold and what becomes of it. Each may be repeated. */
export function createStockActivities(ports: ActivityPorts, offers: Offers) {
  const { orders } = ports;
  return {
    /**
     * Finds the order's hold, or takes it where the order was started without the API; and offers the payment, where the
     * gateway answers soon.
     */
    holdStock: ({ orderId, input }: { orderId: string; input: unknown }): Promise<HeldOrder> =>
      asActivity(async () => {
        const order = (await orders.progress(orderId)) ?? (await placeHere(ports, orderId, input));
        return { ...heldOrder(order), ...(await offers.atOnce(orderId, order)) };
      }),

    /** The hold becomes a sale, the order paid. Answers where the order stands now, and which transaction it keeps. */
    confirmStock: ({
      orderId,
      paymentId,
      paid,
    }: {
      orderId: string;
      paymentId: string;
      paid: Paid;
    }): Promise<Confirmed> =>
      asActivity(async () => {
        const outcome = await orders.confirm({ orderId, paymentId, paid });
        const { status } = standingAfter(orderId, 'paid', outcome);
        if (outcome.t === 'done') return { status, kept: paid.transactionId };
        // Confirmed before, perhaps with another payment than the one known now: the record says which.
        return { status, kept: (await orders.find(orderId))?.payment?.transactionId ?? null };
      }),

    /**
     * The hold is undone, the order cancelled. `proof`: why nobody can pay any more. Answers where the order stands now;
     * `held`: a person handles it, so nothing was undone.
     */
    releaseStock: (command: ReleaseCommand): Promise<{ status: EndStatus | 'held' }> =>
      asActivity(async () => {
        const outcome = await orders.release(command);
        return outcome.t === 'held' ? { status: 'held' } : standingAfter(command.orderId, 'cancelled', outcome);
      }),

    /** The payment window gets longer, once per command. */
    extendWindow: (command: ExtendCommand): Promise<ExtendOutcome> => asActivity(() => orders.extendWindow(command)),

    /** From here on only the gateway's answer decides. Answers where the order stands, and after how long a person is told. */
    beginClosing: ({ orderId, reason, note }: ClosingCommand): Promise<Closing> =>
      asActivity(async () => ({
        ...standingAfter(orderId, 'closing', await orders.beginClosing(orderId, reason, note)),
        escalateAfterMs: ports.escalateAfterMs,
      })),

    /** A person has to look at why the gateway can't tell. */
    escalateClosing: ({ orderId, lastAnswer }: { orderId: string; lastAnswer: string }): Promise<void> =>
      asActivity(async () => {
        await orders.escalate(orderId, lastAnswer);
        ports.alert('closing_takes_long', { orderId, lastAnswer });
      }),

    /** Money for an order that ended without it: whatever becomes of it has a process of its own. */
    keepLatePayment: ({
      orderId,
      paymentId,
      paid,
    }: {
      orderId: string;
      paymentId: string;
      paid: Paid;
    }): Promise<void> =>
      asActivity(async () => {
        await ports.inbox.late({ orderId, paymentId, paid });
        ports.alert('late_payment', { orderId, paymentId, transactionId: paid.transactionId });
      }),
  };
}

function heldOrder({ status, payBy, closeReason, payment, switched }: OrderProgress) {
  return {
    status: status as Exclude<OrderStatus, 'placing'>,
    payBy,
    closeReason,
    payment: payment && { id: payment.id, gateway: payment.gateway },
    switched,
  };
}

/** The do of the hold for an order that nobody placed before; its undo is releaseStock. */
async function placeHere(ports: ActivityPorts, orderId: string, input: unknown): Promise<OrderProgress> {
  const draft = parseDraft(input, ports.paymentWindow);
  const gateway = draft.payWith && ports.gateways.get(draft.payWith);
  if (gateway === undefined) {
    throw new HoldfastError('gateway_not_available', `the gateway ${draft.payWith} is not configured here`);
  }
  const refusal = await tryPlacing(ports, {
    ...{ orderId, draft, startIntent: false },
    ...(gateway && { checkAmount: (amount) => demandTakes(gateway, amount) }),
  });
  if (refusal) await ports.orders.reject(orderId, draft, refusal);
  const held = await ports.orders.progress(orderId);
  if (!held) throw new Error(`the order ${orderId} was placed but is not in the database`);
  return held;
}

async function tryPlacing(
  { orders }: ActivityPorts,
  placing: Placing,
): Promise<{ code: ErrorCode; context: ErrorContext } | null> {
  try {
    const result = await orders.place(placing);
    return result.t === 'short' ? { code: 'out_of_stock', context: { shortages: result.shortages } } : null;
  } catch (error) {
    if (error instanceof HoldfastError && REJECTIONS.includes(error.code)) return error;
    throw error;
  }
}

/**
 * `already` is as good as done. An order that has ended otherwise stands as it ended: a local activity can take effect in a
 * workflow task that is then lost, and be repeated with more known than before; the record, not the repeat, is the truth.
 * Anything else the transition table forbids, and a person has to see it.
 */
function standingAfter<To extends OrderStatus>(
  orderId: string,
  to: To,
  outcome: MoveOutcome,
): { status: To | EndStatus } {
  if (outcome.t !== 'refused') return { status: to };
  if (isEnd(outcome.status)) return { status: outcome.status };
  throw new HoldfastError('illegal_transition', `the order ${orderId} is ${outcome.status} and cannot become ${to}`);
}

function isEnd(status: OrderStatus): status is EndStatus {
  return isSettled(status);
}
