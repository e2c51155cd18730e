import { READING_LIFE_MS, type StockReadings } from '../../../ports/admission-gate';
import { type Logger } from '../../../ports/logger';
import { type ScriptRunner } from '../../../ports/script-runner';
import { CLOCK, KEEP } from './scripts';

/** Those who miss a SKU within this time share a reading; a cold shop then costs PostgreSQL fifty small reads a second at most. */
const GATHER_MS = 20;
/** SKUs of one read. */
const MOST_AT_ONCE = 500;
/** SKUs that wait to be read; one more is not noted, and whoever asks for it next is admitted again. */
const MOST_WAITING = 10_000;

export interface RefresherDeps {
  readonly redis: Pick<ScriptRunner, 'run'>;
  readonly stock: StockReadings;
  /** First part of every key. Deployments that share a server take different ones, or different database numbers. */
  readonly prefix: string;
  readonly log: Logger;
}

/** Rebuilds counters in Redis from PostgreSQL: one read for all that were asked for meanwhile, one read at a time. */
export class Refresher {
  private readonly wanted = new Set<string>();
  private refreshing: Promise<void> | null = null;
  private stopped = false;

  constructor(private readonly deps: RefresherDeps) {}

  /** `<prefix>:gate:<SKU>`. */
  keyOf(skuId: string): string {
    return `${this.deps.prefix}:gate:${skuId}`;
  }

  want(skuIds: readonly string[]): void {
    if (this.stopped) return;
    for (const skuId of skuIds) if (this.wanted.size < MOST_WAITING) this.wanted.add(skuId);
    if (this.wanted.size === 0) return;
    this.refreshing ??= this.work();
  }

  /** Resolves when the last reading has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.refreshing;
  }

  private async work(): Promise<void> {
    while (this.wanted.size > 0 && !this.stopped) {
      const skuIds = [...this.wanted].slice(0, MOST_AT_ONCE);
      skuIds.forEach((skuId) => this.wanted.delete(skuId));
      try {
        await this.refresh(skuIds);
      } catch (error) {
        this.deps.log.debug({ err: error }, 'counters of the gate could not be rebuilt');
      }
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    }
    this.refreshing = null;
  }

  private async refresh(skuIds: readonly string[]): Promise<void> {
    const begunAt = (await this.deps.redis.run(CLOCK, [], [])) as string;
    const found = await this.deps.stock.read(skuIds);
    if (found.size === 0) return;
    const left = [...found.values()].map(({ unlimited, available }) => (unlimited ? 'unlimited' : available));
    const keys = [...found.keys()].map((skuId) => this.keyOf(skuId));
    await this.deps.redis.run(KEEP, keys, [begunAt, READING_LIFE_MS, ...left]);
  }
}
