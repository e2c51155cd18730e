import { createInboxDispatcher } from '../../../src/dispatch/inbox-dispatcher';
import { type Order } from '../../../src/domain/order';
import { type OrderProcess } from '../../../src/ports/order-process';
import { FACT, fakePorts, ORDER_ID, orderWith, PAID, ATTEMPT } from '../activities/support/activity-fakes';
import { settled } from './support/by-hand';

const paidBy = (transactionId: string): Order => orderWith({ status: 'paid', payment: { ...ATTEMPT, transactionId } });

/** Hands FACT over; `orders`: what each look at the order finds. */
async function handOver(reply: 'told' | 'ended', orders: (Order | null)[]) {
  const told: unknown[] = [];
  const unused = () => Promise.reject(new Error('the inbox has no business with this'));
  const process: OrderProcess = {
    start: unused,
    cancel: unused,
    paymentReceived: (fact, draft) => {
      told.push({ fact, draft });
      return Promise.resolve(reply);
    },
  };
  const { ports, journal, alerts } = fakePorts({
    orders: { find: () => Promise.resolve(orders.shift() ?? null) },
    inbox: {
      holdForReview: (orderId, transactionId) => {
        journal.push(`review ${orderId}: ${transactionId}`);
        return Promise.resolve();
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
  dispatcher.offer(FACT);
  await settled();
  await dispatcher.stop();
  return { told, journal, alerts };
}

describe('the inbox dispatcher', () => {
  test('tells the process of a stored payment, with what it takes to start it, and forgets the fact', async () => {
    const { told, journal } = await handOver('told', [orderWith()]);
    const lines = [{ skuId: 'sku_tea', quantity: 1 }];
    const draft = { buyerId: 'buyer_1', lines, payWith: 'wechat', payBy: ATTEMPT.expiresAt };
    expect(told).toEqual([{ fact: FACT, draft }]);
    expect(journal).toEqual(['delivered 1']);
  });

  test('lets a repeat of the payment that the order ended with rest', async () => {
    const { journal } = await handOver('ended', [orderWith(), paidBy(PAID.transactionId)]);
    expect(journal).toEqual(['delivered 1']);
  });

  test.each<[string, Order]>([
    ['was cancelled', orderWith({ status: 'cancelled' })],
    ['was paid by other money', paidBy('4200000002')],
  ])('keeps money for an order that %s for a person before it forgets the fact', async (_what, ended) => {
    const { journal, alerts } = await handOver('ended', [orderWith(), ended]);
    expect(journal).toEqual([`review ${ORDER_ID}: ${PAID.transactionId}`, 'alert late_payment', 'delivered 1']);
    expect(alerts[0]?.context).toEqual({ orderId: ORDER_ID, transactionId: PAID.transactionId, status: ended.status });
  });

  test('never forgets a payment whose order is not to be found', async () => {
    const { told, journal } = await handOver('told', [null]);
    expect(told).toEqual([]);
    expect(journal).toEqual(['warn']);
  });
});
