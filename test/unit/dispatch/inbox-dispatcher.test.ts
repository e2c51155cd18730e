import { createInboxDispatcher } from '../../../src/dispatch/inbox-dispatcher';
import { type Order } from '../../../src/domain/order';
import { type OrderProcess } from '../../../src/ports/order-process';
import { type FactToTell } from '../../../src/ports/webhook-inbox';
import { FACT, fakePorts, ORDER_ID, orderWith, PAID, ATTEMPT } from '../activities/support/activity-fakes';
import { settled } from './support/by-hand';

interface Handed {
  readonly ended?: Order | null;
  readonly draft?: FactToTell['draft'];
  readonly late?: () => Promise<void>;
}

const paidBy = (transactionId: string, status: Order['status'] = 'paid'): Order =>
  orderWith({ status, payment: { ...ATTEMPT, transactionId } });

const DRAFT = {
  ...{ buyerId: 'buyer_1', lines: [{ skuId: 'sku_tea', quantity: 1 }] },
  ...{ payWith: 'wechat' as const, payBy: ATTEMPT.expiresAt, asPlaced: false },
};

/** Hands FACT over; `ended`: what a look at the order that has ended finds. */
async function handOver(
  reply: 'told' | 'ended',
  { ended = null, draft = DRAFT, late = () => Promise.resolve() }: Handed = {},
) {
  const told: unknown[] = [];
  const unused = () => Promise.reject(new Error('the inbox has no business with this'));
  const process: OrderProcess = {
    start: unused,
    startRefund: unused,
    startLatePayment: unused,
    refundChanged: unused,
    switchPayment: unused,
    cancel: unused,
    paymentReceived: (fact, draft) => {
      told.push({ fact, draft });
      return Promise.resolve(reply);
    },
  };
  const { ports, journal, alerts } = fakePorts({
    orders: { find: () => Promise.resolve(ended) },
    inbox: {
      late: (fact) => {
        journal.push(`late ${fact.orderId}: ${fact.paymentId} ${fact.paid.transactionId}`);
        return late();
      },
      delivered: (ids) => {
        journal.push(`delivered ${ids.join()}`);
        return Promise.resolve();
      },
    },
  });
  const quiet = () => undefined;
  const log = { debug: quiet, info: quiet, error: quiet, warn: () => journal.push('warn') };
  const dispatcher = createInboxDispatcher({ ...ports, process, log });
  dispatcher.offer({ ...FACT, draft });
  await settled();
  await dispatcher.stop();
  return { told, journal, alerts };
}

describe('the inbox dispatcher', () => {
  test('tells the process of a stored payment, with what it takes to start it, and forgets the fact', async () => {
    const { told, journal } = await handOver('told');
    expect(told).toEqual([{ fact: FACT, draft: DRAFT }]);
    expect(journal).toEqual(['delivered 1']);
  });

  test.each(['paid', 'refunding', 'refunded'] as const)(
    'lets a repeat of the payment that the order ended with rest, the order being %s',
    async (status) => {
      const { journal } = await handOver('ended', { ended: paidBy(PAID.transactionId, status) });
      expect(journal).toEqual(['delivered 1']);
    },
  );

  test.each<[string, Order | null]>([
    ['was cancelled', orderWith({ status: 'cancelled' })],
    ['was rejected', orderWith({ status: 'rejected', payment: null })],
    ['was paid by other money', paidBy('4200000002')],
    ['was paid by other money and refunded', paidBy('4200000002', 'refunded')],
    ['is gone', null],
  ])('gives money for an order that %s a process of its own before it forgets the fact', async (_what, ended) => {
    const { journal, alerts } = await handOver('ended', { ended });
    expect(journal).toEqual([`late ${ORDER_ID}: pay_1 ${PAID.transactionId}`, 'alert late_payment', 'delivered 1']);
    expect(alerts[0]?.context).toEqual({ orderId: ORDER_ID, transactionId: PAID.transactionId, status: ended?.status });
  });

  test('does not forget money that could not be given its process, and alerts nobody yet', async () => {
    const ended = orderWith({ status: 'cancelled' });
    const { journal } = await handOver('ended', { ended, late: () => Promise.reject(new Error('no connection')) });
    expect(journal).toEqual([`late ${ORDER_ID}: pay_1 ${PAID.transactionId}`, 'warn']);
  });

  test('never forgets a payment whose order is not to be found', async () => {
    const { told, journal } = await handOver('told', { draft: null });
    expect(told).toEqual([]);
    expect(journal).toEqual(['warn']);
  });
});
