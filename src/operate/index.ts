export type { OperatorDesk, OutageDesk, OutageRequest, PerformRequest } from '../ports/operator-desk';
export { OrderDesk, type OrderDeskDeps } from './order-desk';
export { OutageControl, type OutageControlDeps } from './outage-control';
