import { connectRabbit } from '../../src/adapters/events/rabbitmq/connect';
import { RabbitEventPublisher, type RabbitPublisherOptions } from '../../src/adapters/events/rabbitmq/publisher';
import { envelope, QUIET } from '../support/events';
import { brokerProxy, describeWithRabbit, openRabbit, type RabbitUnderTest } from '../support/rabbit';
import { until } from '../support/until';
import { eventPublisherSuite } from './event-publisher.suite';

/** Long enough for a busy machine to confirm, short enough to wait for in a test. */
const CONFIRM_TIMEOUT_MS = 3_000;

async function openPublisher(rabbit: RabbitUnderTest, consumers: RabbitPublisherOptions['consumers'] = []) {
  const proxy = await brokerProxy();
  const connection = connectRabbit({ url: proxy.url, name: 'holdfast-test', log: QUIET });
  const returned: number[] = [];
  const publisher = new RabbitEventPublisher({
    ...{ connection, topology: rabbit.topology, consumers, confirmTimeoutMs: CONFIRM_TIMEOUT_MS },
    returned: (count) => returned.push(count),
  });
  return {
    publisher,
    proxy,
    returned,
    close: async () => {
      proxy.mend();
      await publisher.close().catch(() => undefined);
      await connection.close();
      await proxy.close();
    },
  };
}

describeWithRabbit('the RabbitMQ publisher', () => {
  eventPublisherSuite(async () => {
    const rabbit = openRabbit();
    const arrived = await rabbit.listen('all', 'all');
    const { publisher, proxy, close } = await openPublisher(rabbit);
    return {
      publisher,
      arrived,
      loseAnswers: () => proxy.swallowAnswers(),
      disconnect: () => proxy.cut(),
      mend: () => proxy.mend(),
      close: async () => {
        await close();
        await rabbit.close();
      },
    };
  });

  describe('routing', () => {
    let rabbit: RabbitUnderTest;
    let under: Awaited<ReturnType<typeof openPublisher>>;
    beforeEach(async () => {
      rabbit = openRabbit();
      under = await openPublisher(rabbit);
    });
    afterEach(async () => {
      await under.close();
      await rabbit.close();
    });

    test('what nobody asked for is kept where it can be seen', async () => {
      await under.publisher.publish([envelope('ord_1', 1)]);

      const unclaimed = rabbit.topology.unclaimed.queue.queue;
      expect(await rabbit.waiting(unclaimed)).toBe(1);
      const message = await rabbit.connection.basicGet({ queue: unclaimed, noAck: true });
      expect(message).toMatchObject({
        ...{ messageId: 'evt_ord_1_1', type: 'OrderRefunded', appId: 'holdfast', durable: true },
        ...{ routingKey: 'order.refunded', contentType: 'application/json', headers: { schemaVersion: 1 } },
        body: envelope('ord_1', 1),
      });
      expect(message?.timestamp).toBe(Date.parse('2026-01-01T00:00:00.000Z') / 1000);
    });

    test('what a consumer asks for waits in its queue, though nobody has run it yet', async () => {
      const consumers = [
        { name: 'early', types: ['OrderRefunded'] },
        { name: 'other', types: ['OrderPaid'] },
      ] as const;
      const { publisher, close } = await openPublisher(rabbit, consumers);
      await publisher.publish([envelope('ord_1', 1)]);

      const { queueOf, unclaimed } = rabbit.topology;
      await until('it is there', async () => (await rabbit.waiting(queueOf('early'))) === 1);
      expect(await rabbit.waiting(queueOf('other'))).toBe(0);
      expect(await rabbit.waiting(unclaimed.queue.queue)).toBe(0);
      await close();
      for (const { name } of consumers) await rabbit.connection.queueDelete({ queue: queueOf(name) });
    });

    test('what the broker can route nowhere counts as not published, until the topology is mended', async () => {
      await under.publisher.publish([envelope('ord_1', 1)]);
      const { unclaimed } = rabbit.topology;
      await rabbit.connection.queueUnbind({ ...unclaimed.binding });

      await expect(under.publisher.publish([envelope('ord_1', 2)])).rejects.toThrow('route 1 events nowhere');
      expect(under.returned).toEqual([1]);

      await rabbit.connection.queueBind(unclaimed.binding);
      await under.publisher.publish([envelope('ord_1', 2)]);
      await until('both are there', async () => (await rabbit.waiting(unclaimed.queue.queue)) === 2);
    });
  });
});
