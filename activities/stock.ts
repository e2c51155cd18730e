import { parseDraft } from '../src/domain/draft';
import { type ErrorCode, type ErrorContext, HoldfastError } from '../src/domain/errors';
import { type OrderDraft } from '../src/domain/order';
import { type CloseReason, type OrderStatus } from '../src/domain/order-status';
import { type Paid } from '../src/domain/payment';
import { type MoveOutcome, type OrderProgress, type ReleaseCommand } from '../src/ports/order-store';
import { asActivity } from './failures';
import { type ActivityPorts } from './ports';

/** Where the order stands once its stock is held, or that it never was. */
export type HeldOrder =
  | (Pick<OrderProgress, 'payBy' | 'closeReason' | 'payment'> & { readonly status: Exclude<OrderStatus, 'placing'> })
  | { readonly status: 'rejected' };

export interface ClosingCommand {
  readonly orderId: string;
  readonly reason: CloseReason;
  readonly note: string | null;
}

/** What a shop can do nothing about but tell the buyer: such an order ends as `rejected` instead of failing. */
const REJECTIONS: readonly ErrorCode[] = ['sku_not_found', 'sku_off_shelf', 'mixed_currencies', 'amount_out_of_range'];

/** Short database steps: the hold and what becomes of it. Each may be repeated. */
export function createStockActivities(ports: ActivityPorts) {
  const { orders } = ports;
  return {
    /** Finds the order's hold, or takes it where the order was started without the API. */
    holdStock: ({ orderId, input }: { orderId: string; input: unknown }): Promise<HeldOrder> =>
      asActivity(async () => (await standing(ports, orderId)) ?? placeHere(ports, orderId, input)),

    /** The hold becomes a sale, the order paid. */
    confirmStock: ({ orderId, paymentId, paid }: { orderId: string; paymentId: string; paid: Paid }): Promise<void> =>
      asActivity(async () => refuseIllegal(orderId, 'paid', await orders.confirm({ orderId, paymentId, paid }))),

    /** The hold is undone, the order cancelled. `proof`: why nobody can pay any more. */
    releaseStock: (command: ReleaseCommand): Promise<void> =>
      asActivity(async () => refuseIllegal(command.orderId, 'cancelled', await orders.release(command))),

    /** From here on only the gateway's answer decides. Answers after how long a person is to be told. */
    beginClosing: ({ orderId, reason, note }: ClosingCommand): Promise<{ escalateAfterMs: number }> =>
      asActivity(async () => {
        refuseIllegal(orderId, 'closing', await orders.beginClosing(orderId, reason, note));
        return { escalateAfterMs: ports.escalateAfterMs };
      }),

    /** A person has to look at why the gateway can't tell. */
    escalateClosing: ({ orderId, lastAnswer }: { orderId: string; lastAnswer: string }): Promise<void> =>
      asActivity(async () => {
        await orders.escalate(orderId, lastAnswer);
        ports.alert('closing_takes_long', { orderId, lastAnswer });
      }),

    /** Money for an order that ended without it: kept for a person, never dropped. */
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
        await ports.inbox.holdForReview(orderId, paid.transactionId);
        ports.alert('late_payment', { orderId, paymentId, transactionId: paid.transactionId });
      }),
  };
}

async function standing({ orders }: ActivityPorts, orderId: string): Promise<HeldOrder | null> {
  const progress = await orders.progress(orderId);
  return progress && { ...progress, status: progress.status as Exclude<OrderStatus, 'placing'> };
}

/** The do of the hold for an order that nobody placed before; its undo is releaseStock. */
async function placeHere(ports: ActivityPorts, orderId: string, input: unknown): Promise<HeldOrder> {
  const draft = parseDraft(input, ports.paymentWindow);
  if (draft.payWith && !ports.gateways.has(draft.payWith)) {
    throw new HoldfastError('gateway_not_available', `the gateway ${draft.payWith} is not configured here`);
  }
  const refusal = await tryPlacing(ports, orderId, draft);
  if (refusal) await ports.orders.reject(orderId, draft, refusal);
  const held = await standing(ports, orderId);
  if (!held) throw new Error(`the order ${orderId} was placed but is not in the database`);
  return held;
}

async function tryPlacing(
  { orders }: ActivityPorts,
  orderId: string,
  draft: OrderDraft,
): Promise<{ code: ErrorCode; context: ErrorContext } | null> {
  try {
    const result = await orders.place({ orderId, draft, startIntent: false });
    return result.t === 'short' ? { code: 'out_of_stock', context: { shortages: result.shortages } } : null;
  } catch (error) {
    if (error instanceof HoldfastError && REJECTIONS.includes(error.code)) return error;
    throw error;
  }
}

/** `already` is as good as done; anywhere else the transition table forbids it, and a person has to see that. */
function refuseIllegal(orderId: string, to: OrderStatus, outcome: MoveOutcome): void {
  if (outcome.t !== 'refused') return;
  throw new HoldfastError('illegal_transition', `the order ${orderId} is ${outcome.status} and cannot become ${to}`);
}
