import { type Logger } from '../ports/logger';

/** Milliseconds between looks: `first` after one that found something, doubling up to `most` while there is nothing. */
export interface Patience {
  readonly first: number;
  readonly most: number;
}

export interface PollerOptions {
  /** For the log. */
  readonly name: string;
  /** Looks once and does what there is to do; answers whether there was something. */
  readonly look: () => Promise<boolean>;
  readonly idle: Patience;
  /** Milliseconds after a look that found something, for more to gather; none by default. */
  readonly gather?: number;
  /** After a look that rejected. */
  readonly failing: Patience;
  readonly log: Logger;
}

/** Looks for work again and again: at once, or once more has gathered, after it found some, ever later while there is none or while it fails. One look at a time. */
export class Poller {
  private running: Promise<void> | null = null;
  private nap: { readonly end: () => void } | null = null;
  private woken = false;
  private stopped = false;

  constructor(private readonly options: PollerOptions) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Looks now, or once more after the look under way. */
  wake(): void {
    this.woken = true;
    this.nap?.end();
  }

  /** Waits for the look under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.nap?.end();
    await this.running;
  }

  private async run(): Promise<void> {
    const { name, look, idle, gather = 0, failing, log } = this.options;
    let patience = idle;
    let wait = 0;
    while (!this.stopped) {
      this.woken = false;
      try {
        const found = await look();
        patience = idle;
        wait = found ? 0 : next(wait, patience);
        if (!found || gather > 0) await this.pause(found ? gather : wait);
      } catch (error) {
        if (patience !== failing) wait = 0;
        patience = failing;
        wait = next(wait, patience);
        log.warn({ poller: name, err: error, againInMs: wait }, 'a look failed; trying again');
        await this.pause(wait);
      }
    }
  }

  private async pause(ms: number): Promise<void> {
    if (this.stopped || this.woken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.nap = {
        end: () => {
          clearTimeout(timer);
          resolve();
        },
      };
    });
    this.nap = null;
  }
}

function next(wait: number, { first, most }: Patience): number {
  return Math.min(wait === 0 ? first : wait * 2, most);
}
