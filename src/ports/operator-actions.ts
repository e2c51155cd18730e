import { type Actor } from '../domain/access';
import { type ActionKind, type ActionState, type OperatorAction } from '../domain/operator-action';
import { type StockLine } from '../domain/stock';
import { type Page } from './catalogue';

export type { Actor, Role } from '../domain/access';

/** What an action came to: a code (`done`, or of the error table) and the words for people. */
export interface ActionResult {
  readonly code: string;
  readonly message: string;
}

/** What somebody asked to be done to an order, who approved it and what came of it. Times are RFC 3339. */
export interface OperatorActionRecord {
  /** `act_` and a ULID. */
  readonly id: string;
  readonly orderId: string;
  readonly action: OperatorAction;
  readonly reason: string;
  readonly requestedBy: Actor;
  readonly requestedAt: string;
  readonly state: ActionState;
  /** Who let it through, or declined it; null where no second person was needed or has decided. */
  readonly approvedBy: Actor | null;
  readonly decidedAt: string | null;
  /** Until when a second person may decide; null where none is needed. */
  readonly approveBy: string | null;
  readonly result: ActionResult | null;
}

export interface NewOperatorAction {
  readonly id: string;
  readonly orderId: string;
  readonly action: OperatorAction;
  readonly reason: string;
  readonly requestedBy: Actor;
  /** The caller's own name of the request; unique per actor. */
  readonly idempotencyKey: string;
  /** What the action moves out, in minor units; null where it moves nothing. */
  readonly amountMinor: number | null;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly leaseMs: number;
  /** Whether a second person is needed, given what actions of this kind have moved out of this order already without one. */
  readonly needsSecond: (movedMinor: number) => boolean;
}

export type InsertedAction =
  | { readonly t: 'inserted'; readonly record: OperatorActionRecord }
  /** The same request came before. */
  | { readonly t: 'replayed'; readonly record: OperatorActionRecord }
  | { readonly t: 'reused' }
  | { readonly t: 'orderNotFound' };

export interface Decision {
  readonly id: string;
  readonly by: Actor;
  readonly verdict: 'approved' | 'declined';
  /** Why it was declined; null with an approval. */
  readonly reason: string | null;
  readonly now: number;
  readonly leaseMs: number;
}

export type Decided =
  | { readonly t: 'decided'; readonly record: OperatorActionRecord }
  | { readonly t: 'notFound' }
  /** It awaits nobody any more: decided, or too old. */
  | { readonly t: 'notAwaiting'; readonly record: OperatorActionRecord };

export interface ActionQuery {
  readonly orderId?: string;
  readonly state?: ActionState;
  readonly kind?: ActionKind;
  readonly cursor: string | null;
  readonly limit: number;
}

export interface RestockCommand {
  readonly actionId: string;
  readonly orderId: string;
  readonly lines: readonly StockLine[];
}

/** `notSold`: the order's units were never sold. `tooMany`: more than are sold and not yet back or on their way back. */
export type RestockResult = 'done' | 'already' | 'notSold' | 'tooMany';

export interface MarkCommand {
  readonly actionId: string;
  readonly orderId: string;
  readonly manual: boolean;
}

/** Operators' actions, kept for good. Each method is one transaction, with the fact that the order's timeline tells of it. */
export interface OperatorActions {
  /** Records what was asked for, as `executing` (leased to the caller) or `awaiting_approval`. */
  insert(action: NewOperatorAction): Promise<InsertedAction>;
  find(id: string): Promise<OperatorActionRecord | null>;
  /** What a second person says. An approved action is leased to the caller. */
  decide(decision: Decision): Promise<Decided>;
  /** An executing action has come to this; one that is settled already stays as it is. Answers it as it stands. */
  settle(id: string, state: 'done' | 'refused', result: ActionResult): Promise<OperatorActionRecord>;
  /** Executing actions that nobody works at, oldest first; each is leased to the caller. `now` in epoch milliseconds. */
  claim(limit: number, now: number, leaseMs: number): Promise<OperatorActionRecord[]>;
  /** Actions that nobody approved in time; answers how many. */
  expire(now: number): Promise<number>;
  /** Newest first. */
  list(query: ActionQuery): Promise<Page<OperatorActionRecord>>;
  /** All of an order's, oldest first. */
  ofOrder(orderId: string): Promise<OperatorActionRecord[]>;
  /** Units of a sold order go back on sale, once per action. */
  restock(command: RestockCommand): Promise<RestockResult>;
  /**
   * Marks the order for manual handling, or takes the mark away, as the action asks. A later such action of the order decides
   * instead, whichever of them is executed last: then nothing changes.
   */
  mark(action: MarkCommand): Promise<'marked' | 'overtaken' | 'orderNotFound'>;
  /** Whether the order's deadline was moved by this action. */
  extendedBy(orderId: string, actionId: string): Promise<boolean>;
}
