import { type EventEnvelope } from '../../src/domain/events';
import { type EventPublisher } from '../../src/ports/event-publisher';
import { envelope, firstDeliveries, turns } from '../support/events';
import { until } from '../support/until';

export interface PublisherUnderTest {
  readonly publisher: EventPublisher;
  /** What has arrived, in its order. */
  readonly arrived: readonly EventEnvelope[];
  /** What is published from now on reaches the broker or doesn't, but no answer comes back. */
  loseAnswers(): void;
  /** The network between publisher and broker is gone. */
  disconnect(): void;
  mend(): void;
  close(): Promise<void>;
}

/** The contract of EventPublisher, for every adapter. */
export function eventPublisherSuite(open: () => Promise<PublisherUnderTest>): void {
  let it: PublisherUnderTest;
  beforeEach(async () => {
    it = await open();
  });
  afterEach(() => it.close());

  const batch = (orders: number, each: number): EventEnvelope[] =>
    turns(each).flatMap((turn) => turns(orders).map((order) => envelope(`ord_${order}`, turn)));
  const allArrived = (count: number) =>
    until(`${count} events arrive`, () => new Set(it.arrived.map(({ id }) => id)).size === count);

  test('what it resolved for is with the broker, as it was, in the order of each subject', async () => {
    const events = batch(50, 4);

    await it.publisher.publish(events);

    await allArrived(200);
    expect(it.arrived).toHaveLength(200);
    expect(it.arrived).toEqual(expect.arrayContaining(events));
    expect([...firstDeliveries(it.arrived).values()]).toEqual(turns(50).map(() => turns(4)));
  });

  test('an empty batch is nothing to do', async () => {
    await expect(it.publisher.publish([])).resolves.toBeUndefined();
  });

  test('it rejects while the broker is away, and goes on once it is back', async () => {
    await it.publisher.publish([envelope('ord_1', 1)]);
    it.disconnect();
    await expect(it.publisher.publish([envelope('ord_1', 2)])).rejects.toThrow();

    it.mend();
    await until('the publisher has found back', () =>
      it.publisher.publish([envelope('ord_1', 2)]).then(
        () => true,
        () => false,
      ),
    );

    await allArrived(2);
    expect([...firstDeliveries(it.arrived)]).toEqual([['ord_1', [1, 2]]]);
  });

  test('a later event of a subject waits for the answer to the earlier one', async () => {
    await it.publisher.publish([envelope('ord_0', 1)]);
    it.loseAnswers();

    const publishing = it.publisher.publish([envelope('ord_1', 1), envelope('ord_2', 1), envelope('ord_1', 2)]);

    await expect(publishing).rejects.toThrow();
    await allArrived(3);
    expect(it.arrived.map(({ id }) => id)).not.toContain('evt_ord_1_2');
  });
}
