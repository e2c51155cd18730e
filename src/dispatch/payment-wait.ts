import { type Logger } from '../ports/logger';
import { type OrderStore } from '../ports/order-store';

/** A gateway's create usually takes 50 to 300 ms; asking this often adds little to it. */
const LOOK_EVERY_MS = 25;

/**
 * Lets requests wait until the gateway has answered the create, however many wait: one query looks for all of them.
 * The waiting is bounded; after it the order shows the payment when it is there.
 */
export class PaymentWait {
  private readonly waiting = new Map<string, Set<() => void>>();
  private looking = false;

  constructor(
    private readonly deps: { orders: Pick<OrderStore, 'answeredPayments'>; longestMs: number; log: Logger },
  ) {}

  /** Resolves when it is answered or the time is over; never rejects. */
  answered(orderId: string): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        const those = this.waiting.get(orderId);
        those?.delete(finish);
        if (those?.size === 0) this.waiting.delete(orderId);
        resolve();
      };
      const timer = setTimeout(finish, this.deps.longestMs);
      this.waiting.set(orderId, (this.waiting.get(orderId) ?? new Set()).add(finish));
      void this.look();
    });
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    while (this.waiting.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      try {
        const answered = await this.deps.orders.answeredPayments([...this.waiting.keys()]);
        for (const orderId of answered) this.waiting.get(orderId)?.forEach((finish) => finish());
      } catch (error) {
        this.deps.log.warn({ err: error }, 'could not look for answered payments; trying again');
      }
    }
    this.looking = false;
  }
}
