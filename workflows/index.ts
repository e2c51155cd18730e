/** What the worker bundles: every workflow by its type's name. */
export { orderWorkflow } from './order/order.workflow';
