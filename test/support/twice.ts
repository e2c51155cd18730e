import { type EventEnvelope, topicOf } from '../../src/domain/events';
import { type RabbitUnderTest } from './rabbit';
import { until } from './until';
import { type World } from './world';

/** Every event that comes over the exchange, sent to it once more: at-least-once delivery at its most tiresome. */
export interface Twice {
  /** Ids of the events that every queue has by now been given twice. */
  readonly sent: ReadonlySet<string>;
  stop(): Promise<void>;
}

/**
 * Waits until every event so far was handled twice by the consumers. Queues are first in, first out: once a further, referred order
 * had its effects, whatever was sent twice before it has been handled. `payAnother` places and pays that order; answers its id.
 */
export async function untilAllIsHandled(
  { prisma }: World,
  twice: Twice,
  payAnother: () => Promise<string>,
): Promise<void> {
  const events = await prisma.outbox.findMany({ select: { id: true } });
  await until('everything so far was sent twice', () => events.every(({ id }) => twice.sent.has(id)));
  const where = { orderId: await payAnother() };
  await until('the further order had its effects', async () => {
    return (
      (await prisma.shippingNotice.count({ where })) === 1 &&
      (await prisma.pointsAward.count({ where: { ...where, earned: { not: null } } })) === 1 &&
      (await prisma.profitShare.count({ where })) === 1
    );
  });
}

const LOOK_EVERY_MS = 10;

/** `except`: how the ids of those begin that are not repeated. */
export async function sendEverythingTwice(
  rabbit: RabbitUnderTest,
  { except }: { except?: string } = {},
): Promise<Twice> {
  const arrived: readonly EventEnvelope[] = await rabbit.listen('twice', 'all');
  const sent = new Set<string>();
  let stopped = false;
  const running = (async () => {
    for (let next = 0; !stopped;) {
      const event = arrived[next];
      if (!event) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
        continue;
      }
      next += 1;
      if (sent.has(event.id) || (except !== undefined && event.id.startsWith(except))) continue;
      await rabbit.send(topicOf(event.type), event);
      sent.add(event.id);
    }
  })();
  return {
    sent,
    stop: () => {
      stopped = true;
      return running;
    },
  };
}
