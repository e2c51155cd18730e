import { type Logger } from '../ports/logger';

export interface DispatcherOptions<T> {
  /** For the log. */
  readonly name: string;
  /** Leases the oldest undelivered items to us. */
  readonly claim: (limit: number) => Promise<readonly T[]>;
  /** Delivers one; must be safe to repeat. What rejects is delivered again once its lease is over. */
  readonly deliver: (item: T) => Promise<void>;
  /** Forgets what was delivered. */
  readonly done: (items: readonly T[]) => Promise<void>;
  /** Names an item in the log: an id, no personal data. */
  readonly idOf: (item: T) => string;
  /** Deliveries under way at once. */
  readonly concurrency: number;
  /** How often to look for items that nobody handed over: a process died, or a delivery failed. */
  readonly pollMs: number;
  readonly log: Logger;
}

/**
 * Delivers what PostgreSQL remembers to the order processes, at least once. Contract:
 * 1. An item handed over is delivered at once; one that was not is found by polling, whoever left it.
 * 2. Nothing is forgotten before its delivery succeeded.
 * 3. Memory is bounded: beyond `concurrency` under way and twice as many waiting, the table is the queue.
 */
export class Dispatcher<T> {
  private readonly queue: T[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private readonly names = new Set<string>();
  private delivered: T[] = [];
  private flushing: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private polling: Promise<void> | null = null;
  private wokenMeanwhile = false;
  private stopped = false;

  constructor(private readonly options: DispatcherOptions<T>) {}

  /** Starts to poll. */
  start(): void {
    this.wake();
  }

  /** Hands an item over that was just written. */
  offer(item: T): void {
    if (this.stopped || this.queue.length >= this.options.concurrency) return;
    this.queue.push(item);
    this.pump();
  }

  /** Looks for items now instead of at the next poll; once more after a look that may have come too early. */
  wake(): void {
    if (this.stopped) return;
    if (this.polling) {
      this.wokenMeanwhile = true;
      return;
    }
    clearTimeout(this.timer);
    this.wokenMeanwhile = false;
    this.polling = this.poll().finally(() => {
      this.polling = null;
      if (this.stopped) return;
      if (this.wokenMeanwhile) this.wake();
      else this.timer = setTimeout(() => this.wake(), this.options.pollMs);
    });
  }

  /** Takes nothing new and waits for what is under way; what is left keeps its place in the table. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.queue.length = 0;
    await this.polling;
    await Promise.allSettled(this.underWay);
    await this.flushing;
  }

  private async poll(): Promise<void> {
    const { claim, concurrency, name, log } = this.options;
    try {
      while (!this.stopped) {
        // Only what can be delivered within its lease is taken: the table is the queue.
        const room = concurrency - this.queue.length;
        const items = room > 0 ? await claim(room) : [];
        this.queue.push(...items);
        this.pump();
        if (this.stopped || (room > 0 && items.length < room)) return;
        await Promise.race(this.underWay);
      }
    } catch (error) {
      log.warn({ dispatcher: name, err: error }, 'could not look for undelivered items; trying again');
    }
  }

  private pump(): void {
    while (!this.stopped && this.underWay.size < this.options.concurrency) {
      const item = this.queue.shift();
      if (item === undefined) return;
      const id = this.options.idOf(item);
      if (this.names.has(id)) continue;
      this.names.add(id);
      const delivery = this.deliver(item, id).finally(() => {
        this.underWay.delete(delivery);
        this.names.delete(id);
        this.pump();
      });
      this.underWay.add(delivery);
    }
  }

  private async deliver(item: T, id: string): Promise<void> {
    try {
      await this.options.deliver(item);
      this.delivered.push(item);
      await this.flush();
    } catch (error) {
      this.options.log.warn({ dispatcher: this.options.name, id, err: error }, 'not delivered; trying again');
    }
  }

  /** One statement forgets all that was delivered while the one before was running. */
  private async flush(): Promise<void> {
    while (this.flushing) await this.flushing;
    if (this.delivered.length === 0) return;
    const items = this.delivered;
    this.delivered = [];
    this.flushing = this.options.done(items).finally(() => {
      this.flushing = null;
    });
    await this.flushing;
  }
}
