import { type Actor } from '../domain/access';
import { type OperatorAction } from '../domain/operator-action';
import { type GatewayName } from '../domain/payment';
import { type Page } from './catalogue';
import { type ActionQuery, type OperatorActionRecord } from './operator-actions';
import { type Outage, type Outages } from './outages';

export interface PerformRequest {
  readonly actor: Actor;
  readonly orderId: string;
  readonly action: OperatorAction;
  /** 3 to 500 characters; shown on the order's timeline. */
  readonly reason: string;
  /** The caller's own name of the request, unique per actor: a repeat answers the action that there is. */
  readonly idempotencyKey: string;
}

/**
 * Operators' actions on orders: who may, whether a second person has to agree, what came of it, all of it kept. Throws
 * HoldfastError: `forbidden` without the role, `validation_failed`, `order_not_found`, `operator_action_not_found`,
 * `idempotency_key_reused`, `second_person_needed` where the requester approves his own, `not_awaiting_approval`.
 */
export interface OperatorDesk {
  /** Needs the role `operator`. Answers as far as it came: `done`, `refused`, `awaiting_approval`, or `executing` still. */
  perform(request: PerformRequest): Promise<OperatorActionRecord>;
  /** Needs the role `approver`, and another actor than the requester. */
  approve(request: { readonly actor: Actor; readonly actionId: string }): Promise<OperatorActionRecord>;
  /** Needs the role `approver`; whoever asked for the action may take it back. */
  decline(request: {
    readonly actor: Actor;
    readonly actionId: string;
    readonly reason: string;
  }): Promise<OperatorActionRecord>;
  list(query: ActionQuery): Promise<Page<OperatorActionRecord>>;
  ofOrder(orderId: string): Promise<OperatorActionRecord[]>;
}

export interface OutageRequest {
  readonly actor: Actor;
  readonly gateway: GatewayName;
  /** By how much each deadline is extended; within OUTAGE_MINUTES. */
  readonly minutes: number;
  readonly reason: string;
  readonly idempotencyKey: string;
}

/** Outages as operators run them. Throws HoldfastError as the OperatorDesk does. */
export interface OutageDesk extends Pick<Outages, 'find' | 'list' | 'results'> {
  /** Needs the role `operator`. */
  start(request: OutageRequest): Promise<Outage>;
  /** Ends it after the orders under way; null: there is none of this id. */
  stop(outageId: string): Promise<Outage | null>;
}
