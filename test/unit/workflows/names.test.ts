import { GATEWAYS } from '../../../src/domain/payment';
import { gatewayTaskQueue, ORDER_TASK_QUEUE, orderIdOf, orderWorkflowId } from '../../../workflows/order/contract';
import { latePaymentWorkflowId } from '../../../workflows/late-payment/contract';
import { refundWorkflowId } from '../../../workflows/refund/contract';

const ULID = '01J9ZZZZZZ0123456789ABCDEF';

describe('the names of workflows and queues', () => {
  test('are the documented ones', () => {
    expect(refundWorkflowId(`ref_${ULID}`)).toBe(`refund:ref_${ULID}`);
    expect(latePaymentWorkflowId(`evt_${ULID}`)).toBe(`late-payment:evt_${ULID}`);
    expect(gatewayTaskQueue(ORDER_TASK_QUEUE, 'wechat')).toBe('holdfast-orders-wechat');
  });

  test('tell the kinds of workflows apart, whatever their subject', () => {
    for (const id of [`ord_${ULID}`, ULID, '']) {
      expect(new Set([orderWorkflowId(id), refundWorkflowId(id), latePaymentWorkflowId(id)]).size).toBe(3);
      for (const workflowId of [refundWorkflowId(id), latePaymentWorkflowId(id)])
        expect(orderIdOf(workflowId)).toBeNull();
    }
  });

  test('give every gateway a queue of its own, apart from the workflows’', () => {
    const queues = GATEWAYS.map((gateway) => gatewayTaskQueue(ORDER_TASK_QUEUE, gateway));
    expect(new Set([...queues, ORDER_TASK_QUEUE]).size).toBe(GATEWAYS.length + 1);
  });
});
