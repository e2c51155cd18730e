import { type Actor, type Role } from '../domain/access';
import { HoldfastError, validationFailed } from '../domain/errors';
import { type NewId } from '../domain/ids';
import { amountMoved, faultsOfAction, movesOut, REASON_LENGTH } from '../domain/operator-action';
import { type Clock } from '../ports/clock';
import { type Logger } from '../ports/logger';
import { type OperatorActionRecord, type OperatorActions } from '../ports/operator-actions';
import { type OperatorDesk, type PerformRequest } from '../ports/operator-desk';
import { type OrderStore } from '../ports/order-store';
import { executeAction } from './execute';
import { type ExecuteDeps } from './execution';

export interface OrderDeskDeps extends ExecuteDeps {
  readonly actions: OperatorActions;
  readonly orders: Pick<OrderStore, 'find' | 'findPayment'>;
  readonly newId: NewId;
  readonly now: Clock;
  readonly log: Logger;
  /** Refunds and restocks that come to so much (minor units of the order's currency) or more need a second person; null: none does. */
  readonly twoPersonAboveMinor: number | null;
}

/** Longer than any execution: two calls of 10 s to Temporal and 12 s of waiting for a gateway's answer. Past it whoever executed is taken as dead. */
const LEASE_MS = 40_000;
/** Actions that one look takes up again. */
const CLAIM = 10;

/**
 * Operators' actions on orders. Contract:
 * 1. What was asked for is written down before anything is done, and stays.
 * 2. Whatever is done is done under the action's id, so that doing it again changes nothing.
 * 3. An action whose execution nobody saw end is executed again (`resume`), by whichever process looks first.
 */
export class OrderDesk implements OperatorDesk {
  readonly list: OperatorDesk['list'];
  readonly ofOrder: OperatorDesk['ofOrder'];

  constructor(private readonly deps: OrderDeskDeps) {
    this.list = (query) => deps.actions.list(query);
    this.ofOrder = (orderId) => deps.actions.ofOrder(orderId);
  }

  async perform(request: PerformRequest): Promise<OperatorActionRecord> {
    const { actor, orderId, action, reason, idempotencyKey } = request;
    demandRole(actor, 'operator');
    const faults = [...faultsOfReason(reason), ...faultsOfAction(action)];
    if (faults.length > 0) throw validationFailed(faults);
    const order = await this.deps.orders.find(orderId);
    if (!order) throw new HoldfastError('order_not_found');
    const { newId, now, twoPersonAboveMinor: limit, actions } = this.deps;
    const amountMinor = amountMoved(action, order);
    const inserted = await actions.insert({
      ...{ id: newId('operatorAction'), orderId, action, reason, requestedBy: actor, idempotencyKey, amountMinor },
      ...{ now: now(), leaseMs: LEASE_MS },
      needsSecond: (moved) => movesOut(action) && limit !== null && moved + (amountMinor ?? 0) >= limit,
    });
    if (inserted.t === 'orderNotFound') throw new HoldfastError('order_not_found');
    if (inserted.t === 'reused') throw new HoldfastError('idempotency_key_reused');
    return inserted.t === 'inserted' ? this.run(inserted.record) : inserted.record;
  }

  async approve({ actor, actionId }: { actor: Actor; actionId: string }): Promise<OperatorActionRecord> {
    demandRole(actor, 'approver');
    const action = await this.awaiting(actionId);
    if (action.requestedBy.id === actor.id) throw new HoldfastError('second_person_needed');
    return this.run(await this.decided(actionId, actor, 'approved', null));
  }

  async decline(request: { actor: Actor; actionId: string; reason: string }): Promise<OperatorActionRecord> {
    const { actor, actionId, reason } = request;
    const faults = faultsOfReason(reason);
    if (faults.length > 0) throw validationFailed(faults);
    const action = await this.awaiting(actionId);
    if (action.requestedBy.id !== actor.id) demandRole(actor, 'approver');
    return this.decided(actionId, actor, 'declined', reason);
  }

  /** Takes up actions that were left half-way, and ends those that nobody approved in time; answers whether there were any. */
  async resume(): Promise<boolean> {
    const { actions, now } = this.deps;
    const expired = await actions.expire(now());
    const left = await actions.claim(CLAIM, now(), LEASE_MS);
    const orderIds = [...new Set(left.map(({ orderId }) => orderId))];
    await Promise.all(orderIds.map((id) => this.runInTurn(left.filter(({ orderId }) => orderId === id))));
    return expired + left.length > 0;
  }

  /** What was asked of one order is done in the order in which it was asked. */
  private async runInTurn(actions: readonly OperatorActionRecord[]): Promise<void> {
    for (const action of actions) await this.run(action);
  }

  private async awaiting(actionId: string): Promise<OperatorActionRecord> {
    const action = await this.deps.actions.find(actionId);
    if (!action) throw new HoldfastError('operator_action_not_found');
    if (action.state !== 'awaiting_approval') throw new HoldfastError('not_awaiting_approval', stateOf(action));
    return action;
  }

  private async decided(
    id: string,
    by: Actor,
    verdict: 'approved' | 'declined',
    reason: string | null,
  ): Promise<OperatorActionRecord> {
    const { actions, now } = this.deps;
    const decided = await actions.decide({ id, by, verdict, reason, now: now(), leaseMs: LEASE_MS });
    if (decided.t === 'notFound') throw new HoldfastError('operator_action_not_found');
    if (decided.t === 'notAwaiting') throw new HoldfastError('not_awaiting_approval', stateOf(decided.record));
    return decided.record;
  }

  /** Does what is executing and settles it; what is not known to have been done stays as it is, and is taken up again. */
  private async run(action: OperatorActionRecord): Promise<OperatorActionRecord> {
    if (action.state !== 'executing') return action;
    const { actions, log } = this.deps;
    try {
      const { state, result } = await executeAction(this.deps, action);
      return await actions.settle(action.id, state, result);
    } catch (error) {
      log.warn({ actionId: action.id, orderId: action.orderId, err: error }, 'an operator action is not done yet');
      return action;
    }
  }
}

export function demandRole(actor: Actor, role: Role): void {
  if (!actor.roles.includes(role)) throw new HoldfastError('forbidden', `this needs the role ${role}`);
}

export function faultsOfReason(reason: string): { path: string; message: string }[] {
  const { min, max } = REASON_LENGTH;
  const said = reason.trim().length;
  return said >= min && reason.length <= max
    ? []
    : [{ path: 'reason', message: `must say why, in ${min} to ${max} characters` }];
}

function stateOf({ state, approveBy }: OperatorActionRecord): string {
  return state === 'awaiting_approval' ? `the action had to be approved by ${approveBy}` : `the action is ${state}`;
}
