import { type ErrorContext, type ErrorCode } from '../domain/errors';
import {
  type Order,
  type OrderDraft,
  type PaymentAttempt,
  type PlaceOutcome,
  type TimelineFact,
} from '../domain/order';
import { type Money } from '../domain/money';
import { type CloseReason, type OrderStatus } from '../domain/order-status';
import { type GatewayName, type Paid, type PaymentChoice } from '../domain/payment';
import { type Page } from './catalogue';
import { type IdempotencyKey, type KeyRefusal } from './idempotency';

/** An order to be placed. The id is made by whoever asks, so that a repeat is recognised by it. */
export interface Placing {
  readonly orderId: string;
  readonly draft: OrderDraft;
  /** Leaves a start intent behind, for the starter to give the order its workflow. False where a workflow is what places. */
  readonly startIntent: boolean;
  /**
   * Placed in a rush: its start waits until the rush is over, for this process a while longer than usual, and nobody waits for the
   * gateway's answer, so that the first answer is complete as it stands.
   */
  readonly inRush?: true;
  /**
   * Throws for an amount that the chosen gateway can never take, once the price is known and before anything is held. May be asked
   * again of another amount, where the price has changed meanwhile.
   */
  readonly checkAmount?: (amount: Money) => void;
  /** How the first attempt is to be paid, where the buyer said so. */
  readonly choice?: PaymentChoice;
  /** Recorded in the same transaction: where there is a record, there is the order, or the refusal that was answered. */
  readonly idempotency?: IdempotencyKey;
  /** The lines are taken out of the buyer's cart in the same transaction; `cart_changed` where it no longer holds them. */
  readonly fromCart?: true;
}

/** `replayed`: this is the answer of an earlier request with the same key. */
export type PlaceResult = (PlaceOutcome & { readonly replayed: boolean }) | KeyRefusal;

export interface OrderQuery {
  readonly buyerId?: string;
  readonly status?: OrderStatus;
  readonly cursor: string | null;
  readonly limit: number;
}

/** What the workflow needs to go on from wherever the order is. */
export interface OrderProgress {
  readonly status: OrderStatus;
  readonly payBy: string;
  readonly closeReason: CloseReason | null;
  /** The attempt that was asked for, or else the one that counts: paid, or the latest. */
  readonly payment: PaymentAttempt | null;
  /** How that attempt is to be paid, until its create was answered; null where nothing was chosen. */
  readonly choice: PaymentChoice | null;
  /** The order has had more than one attempt. */
  readonly switched: boolean;
  /** Of the order's lines, in their order. */
  readonly titles: readonly string[];
}

/** The end of a guarded state change: done now, done before, or refused because the order is elsewhere. */
export type MoveOutcome =
  { readonly t: 'done' } | { readonly t: 'already' } | { readonly t: 'refused'; readonly status: OrderStatus };

/** `held`: a person handles the order; its stock stays where it is until they let it go. */
export type ReleaseOutcome = MoveOutcome | { readonly t: 'held' };

/** A deadline to be moved, once per command. */
export interface ExtendCommand {
  readonly orderId: string;
  readonly commandId: string;
  /** RFC 3339. */
  readonly payBy: string;
}

/** `attemptExpiresAt`: when the open attempt lapses at its gateway; null where there is none. */
export type ExtendOutcome =
  | { readonly t: 'extended'; readonly payBy: string; readonly attemptExpiresAt: string | null }
  | { readonly t: 'refused'; readonly status: OrderStatus; readonly payBy: string };

export interface ConfirmCommand {
  readonly orderId: string;
  readonly paymentId: string;
  readonly paid: Paid;
}

export interface ReleaseCommand {
  readonly orderId: string;
  /** How it was proved that nobody can pay any more; `neverOffered` where no attempt ever left this machine. */
  readonly proof: 'ack' | 'query' | 'expired' | 'neverOffered';
}

/** A gateway's answer as operators see it. */
export interface GatewayAnswer {
  readonly orderId: string;
  readonly paymentId: string;
  readonly op: 'create' | 'query' | 'close';
  /** The port's outcome as it was; `t` names it. */
  readonly outcome: { readonly t: string };
}

export type PaymentUpdate =
  | {
      readonly status: 'pending';
      readonly payUrl: string | null;
      readonly codeUrl: string | null;
      readonly gatewayRef: string | null;
    }
  | { readonly status: 'failed' };

/** The attempt after the one that is proved closed. */
export interface AttemptToAdd {
  readonly orderId: string;
  readonly paymentId: string;
  readonly gateway: GatewayName;
  /** The earlier attempt, which the caller has proved closed; null: there was none. Absent, as it once was: all that there are. */
  readonly closed?: string | null;
}

/** `standing`: none was added, because this earlier one is open and not proved closed. */
export interface AddAttemptOutcome {
  readonly t: 'added' | 'standing';
  readonly attempt: PaymentAttempt;
}

/**
 * Orders and everything that changes with them. Each method is one transaction: state, stock ledger, timeline and outbox
 * event together, guarded by the transition table; each may be repeated and then changes nothing, but that the timeline has an entry per
 * answer of a gateway.
 */
export interface OrderStore {
  /** Prices, holds and records the order, or says what is short and leaves nothing. Throws HoldfastError for what cannot be sold. */
  place(placing: Placing): Promise<PlaceResult>;
  /** What a placing with this key was answered already; null where nothing was placed or refused under it. */
  earlierAnswer(key: IdempotencyKey): Promise<PlaceResult | null>;
  /** Fixes what a repeat of the key is answered with, once the answer is complete. */
  rememberAnswer(key: IdempotencyKey, order: Order): Promise<void>;
  find(orderId: string): Promise<Order | null>;
  list(query: OrderQuery): Promise<Page<Order>>;
  timeline(orderId: string): Promise<TimelineFact[]>;
  progress(orderId: string, paymentId?: string): Promise<OrderProgress | null>;
  /** Records an order that could not be held, for whoever started it without the API. */
  reject(orderId: string, draft: OrderDraft, why: { code: ErrorCode; context: ErrorContext }): Promise<void>;
  paymentCreated(answer: GatewayAnswer, update: PaymentUpdate): Promise<void>;
  recordAnswer(answer: GatewayAnswer): Promise<void>;
  beginClosing(orderId: string, reason: CloseReason, note: string | null): Promise<MoveOutcome>;
  /** One attempt of an order; null when there is none of that id. */
  findPayment(orderId: string, paymentId: string): Promise<PaymentAttempt | null>;
  /**
   * Offers the frozen price at another gateway: the earlier attempt, proved closed, is marked so, the next one numbered.
   * Answers the next one; a repeat with the same `paymentId` answers it again. Where another one is open, that one is answered as
   * `standing`, and none is added. Null when the order no longer waits.
   */
  addAttempt(next: AttemptToAdd): Promise<AddAttemptOutcome | null>;
  /** How an attempt that is about to be added is to be paid; kept before, because its process must not know of the payer. */
  keepChoice(orderId: string, paymentId: string, choice: PaymentChoice): Promise<void>;
  /** The attempt was not added after all. */
  dropChoice(paymentId: string): Promise<void>;
  choiceOf(paymentId: string): Promise<PaymentChoice | null>;
  /** Attempts beside the one that was paid that are not known to be closed. */
  openAttempts(orderId: string): Promise<readonly PaymentAttempt[]>;
  /** An attempt that nobody can pay any more. */
  attemptClosed(paymentId: string): Promise<void>;
  /** Notes in the timeline that a person was told of an order whose closing takes long. */
  escalate(orderId: string, lastAnswer: string): Promise<void>;
  confirm(command: ConfirmCommand): Promise<MoveOutcome>;
  release(command: ReleaseCommand): Promise<ReleaseOutcome>;
  /** Moves the deadline of an order that waits for its payment to a later time; a repeat of the command answers as it did. */
  extendWindow(command: ExtendCommand): Promise<ExtendOutcome>;
  /** Those of the orders none of whose attempts waits for its gateway's answer to the create. */
  answeredPayments(orderIds: readonly string[]): Promise<ReadonlySet<string>>;
}
