/** What the worker bundles: every workflow by its type's name. */
export { latePaymentWorkflow } from './late-payment/late-payment.workflow';
export { orderWorkflow } from './order/order.workflow';
export { outageWorkflow } from './outage/outage.workflow';
export { refundWorkflow } from './refund/refund.workflow';
export { reconcileWorkflow } from './reconcile/reconcile.workflow';
