/** What operators do to orders. */
import { type ActionState, type OperatorAction } from '../domain/operator-action';
import { type ActorView } from './contract-common';

/** POST /orders/{id}/actions with an Idempotency-Key that the page made for this intent; answered by ActionView. */
export interface ActRequest {
  readonly action: OperatorAction;
  /** 3 to 500 characters. */
  readonly reason: string;
}

/**
 * GET /actions?state=&cursor=&limit=: PageOf<ActionView>, everybody's, newest first. POST /actions/{id}/approval {} and
 * POST /actions/{id}/decline Decline answer the action.
 */
export interface ActionView {
  readonly id: string;
  readonly orderId: string;
  readonly action: OperatorAction;
  /** The action as a sentence. */
  readonly words: string;
  readonly reason: string;
  readonly requestedBy: ActorView;
  readonly requestedAt: string;
  readonly state: ActionState;
  readonly approvedBy: ActorView | null;
  readonly decidedAt: string | null;
  readonly result: { readonly code: string; readonly message: string } | null;
  /** Whether who is signed in may approve or decline it now, and why not. */
  readonly mayDecide: boolean;
  /** Whether who is signed in asked for it and may decline it, though not approve it. */
  readonly mayTakeBack: boolean;
  readonly whyNotDecide: string | null;
}

export interface Decline {
  readonly reason: string;
}
