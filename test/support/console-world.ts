import { parseOperators } from '../../src/config/operators';
import { askRefund, ALWAYS, LONG_WINDOW_SECONDS, paidOrder, place, placed, type RacingOrder, untilFact } from './races';
import { untilStatus } from './invariants';
import { openWorld, type World, type WorldOptions } from './world';

/** People of the console in tests, by role. */
export const CONSOLE_KEYS = {
  vera: 'key-of-vera-who-looks',
  oscar: 'key-of-oscar-who-acts',
  anna: 'key-of-anna-who-approves',
} as const;
const OPERATORS = `Vera:${CONSOLE_KEYS.vera}=viewer;Oscar:${CONSOLE_KEYS.oscar}=operator;Anna:${CONSOLE_KEYS.anna}=operator+approver`;

/** Refunds and restocks from here on need a second person: half of what an order of these tests costs, in fen. */
export const TWO_PERSON_ABOVE_MINOR = 1_500;

export interface ConsoleOrders {
  /** `closing`: its window is over, and WeChat answers no close. */
  readonly stuck: RacingOrder;
  /** `awaiting_payment`, offered at WeChat. */
  readonly waiting: RacingOrder;
  readonly paid: RacingOrder;
  readonly cancelled: RacingOrder;
  /** `refunding`: Stripe answers no refund. */
  readonly refunding: RacingOrder;
  /** Some of its money went back. */
  readonly refunded: RacingOrder;
}

export interface ConsoleWorld extends World {
  /** Where a browser finds the console. */
  readonly consoleUrl: string;
  readonly orders: ConsoleOrders;
  /** The gateway is back: WeChat answers closes again, Stripe refunds. */
  heal(): Promise<void>;
}

/** A service with a console and three people, without orders; `extra` is configured beside it. */
export function openConsoled(label: string, extra: WorldOptions['config'] = {}): Promise<World> {
  return openWorld(label, {
    config: {
      console: {
        secret: 'what seals the sessions of the tests',
        operators: parseOperators(OPERATORS, false, []),
        temporalUiUrl: 'http://temporal-ui.test',
      },
      twoPersonAboveMinor: TWO_PERSON_ABOVE_MINOR,
      ...extra,
    },
  });
}

/** The same with orders in every state that a person looks for, one of them stuck. */
export async function openConsoleWorld(label: string): Promise<ConsoleWorld> {
  const world = await openConsoled(label);
  try {
    const orders = await fill(world);
    const heal = (): Promise<void> => world.sandbox.disarm();
    return { ...world, orders, heal, consoleUrl: `${world.api.url}/console` };
  } catch (error) {
    await world.close();
    throw error;
  }
}

async function fill(world: World): Promise<ConsoleOrders> {
  const stuck = await stuckOrder(world);
  const [waiting, paid, cancelled, refunded, refunding] = await Promise.all([
    placed(world, 'wechat'),
    paidOrder(world, 'alipay'),
    place(world, 'stripe'),
    paidOrder(world, 'wechat'),
    paidOrder(world, 'stripe'),
  ]);
  await world.api.cancel(cancelled.id);
  await untilStatus(world, cancelled.id, 'cancelled');
  await askRefund(world, refunded, 1_000);
  await untilFact(world, refunded, 'refund: succeeded');
  await silence(world, refunding, ['refund', 'queryRefund']);
  await askRefund(world, refunding);
  return { stuck, waiting, paid, cancelled, refunded, refunding };
}

/** An order whose window is over and whose gateway answers neither close nor query. */
export async function stuckOrder(world: World): Promise<RacingOrder> {
  const order = await placed(world, 'wechat', { paymentWindowSeconds: LONG_WINDOW_SECONDS });
  await silence(world, order, ['close', 'query']);
  await world.api.cancel(order.id);
  await untilFact(world, order, 'close: unknown');
  return order;
}

async function silence(
  world: World,
  { merchantNo }: RacingOrder,
  ops: readonly ('close' | 'query' | 'refund' | 'queryRefund')[],
) {
  for (const op of ops)
    await world.sandbox.fault({ op, fault: 'error_500_before', match: { merchantNo }, times: ALWAYS });
}
