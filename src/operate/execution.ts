import { type OperatorAction } from '../domain/operator-action';
import { type Order } from '../domain/order';
import { type GatewayName } from '../domain/payment';
import { type ActionResult, type OperatorActions } from '../ports/operator-actions';
import { type OrderCommands } from '../ports/order-commands';
import { type OrderStore } from '../ports/order-store';
import { type PaymentGateway } from '../ports/payment-gateway';
import { type RefundStore } from '../ports/refund-store';
import { type StartIntent } from '../ports/start-intents';

export interface ExecuteDeps {
  readonly actions: Pick<OperatorActions, 'restock' | 'mark' | 'extendedBy'>;
  readonly orders: Pick<OrderStore, 'find' | 'findPayment'>;
  readonly refunds: Pick<RefundStore, 'request' | 'unsettled'>;
  readonly commands: OrderCommands;
  readonly gateways: ReadonlyMap<GatewayName, Pick<PaymentGateway, 'name' | 'refusal'>>;
  /** Gives a refund its process at once; what this misses, the starter finds by the intent. */
  readonly startSoon: (intent: StartIntent) => void;
}

export interface Executed {
  readonly state: 'done' | 'refused';
  readonly result: ActionResult;
}

/** An action in execution: what is to be done, to which order, as it stands. */
export interface Execution<K extends OperatorAction['kind'] = OperatorAction['kind']> {
  readonly deps: ExecuteDeps;
  readonly id: string;
  readonly order: Order;
  readonly action: Extract<OperatorAction, { kind: K }>;
}
