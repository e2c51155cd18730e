import { type Logger } from '../ports/logger';
import { type Pace } from './pace';

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
  /** How many deliveries may be under way at once. */
  readonly pace: Pace;
  /** How often to look for items that nobody handed over: a process died, or a delivery failed. */
  readonly pollMs: number;
  /** While true nothing is looked for; what is handed over is delivered all the same. Never, where it is not given. */
  readonly held?: () => boolean;
  /** Whether others, who deliver what is in the table, have more than they get on with. Never, where it is not given. */
  readonly behind?: () => boolean;
  readonly log: Logger;
}

/** Short beside what it was held for, and it only asks in memory. */
const LOOK_WHILE_HELD_MS = 100;

/**
 * Delivers what PostgreSQL remembers to the order processes, at least once. Contract:
 * 1. An item handed over is delivered at once; one that was not is found by polling, whoever left it, where the claim takes it.
 * 2. Nothing is forgotten before its delivery succeeded.
 * 3. Memory is bounded: beyond the pace's limit under way and twice as many waiting, the table is the queue.
 * 4. While it is held it looks for nothing, and looks again soon after.
 * 5. While the table has more than there is room for, it alone says whose turn it is: what is handed over meanwhile waits
 *    in it behind what has waited longer. The same while others deliver what is in the table, and are behind with it.
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
  private backlog = false;
  private stopped = false;

  constructor(private readonly options: DispatcherOptions<T>) {}

  /** Starts to poll. */
  start(): void {
    this.wake();
  }

  /** Hands an item over that was just written. */
  offer(item: T): void {
    if (this.stopped || this.isBehind() || this.queue.length >= this.options.pace.limit) return;
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
      else this.timer = setTimeout(() => this.wake(), this.isHeld() ? LOOK_WHILE_HELD_MS : this.options.pollMs);
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
    const { claim, pace, name, log } = this.options;
    try {
      while (!this.stopped && !this.isHeld()) {
        // Only what can be delivered within its lease is taken, and no query is spent on a handful: the table is the queue.
        const room = pace.limit - this.queue.length;
        if (room >= pace.limit / 2) {
          const items = await claim(room);
          this.queue.push(...items);
          this.pump();
          if (items.length < room) return;
        }
        this.backlog = true;
        if (!this.stopped) await Promise.race(this.underWay);
      }
    } catch (error) {
      log.warn({ dispatcher: name, err: error }, 'could not look for undelivered items; trying again');
    } finally {
      this.backlog = false;
    }
  }

  private isBehind(): boolean {
    return this.backlog || (this.options.behind?.() ?? false);
  }

  private isHeld(): boolean {
    return this.options.held?.() ?? false;
  }

  private pump(): void {
    while (!this.stopped && this.underWay.size < this.options.pace.limit) {
      const item = this.queue.shift();
      if (item === undefined) return;
      const id = this.options.idOf(item);
      if (this.names.has(id)) continue;
      this.names.add(id);
      const atLimit = this.underWay.size + 1 >= this.options.pace.limit;
      const delivery = this.deliver(item, id, atLimit).finally(() => {
        this.underWay.delete(delivery);
        this.names.delete(id);
        this.pump();
      });
      this.underWay.add(delivery);
    }
  }

  private async deliver(item: T, id: string, atLimit: boolean): Promise<void> {
    const { pace } = this.options;
    const delivery = { begunAt: pace.now(), atLimit };
    try {
      await this.options.deliver(item).then(
        () => pace.ended(delivery),
        (error: unknown) => {
          pace.ended({ ...delivery, error });
          throw error;
        },
      );
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
