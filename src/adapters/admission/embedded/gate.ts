import { type Shortage } from '../../../domain/errors';
import { normaliseLines, type StockLine } from '../../../domain/stock';
import {
  type Admission,
  type AdmissionGate,
  type PlacingOutcome,
  READING_LIFE_MS,
  type StockReadings,
} from '../../../ports/admission-gate';
import { type Logger } from '../../../ports/logger';

/** Well within a reading's life, so that a slow answer doesn't open the door; four small reads a second cost nothing. */
const READ_AGAIN_MS = 250;
/** A SKU that nobody was refused for so long is no longer in demand, or back in stock: its reading is let go. */
const FORGOTTEN_AFTER_MS = 10_000;
/** SKUs watched at once, all of them in one read by primary key; beyond, the one watched longest is let go. */
const MOST_SKUS = 1_000;

export interface EmbeddedGateDeps {
  readonly stock: StockReadings;
  /** Milliseconds that never go back, from any beginning. */
  readonly elapsed: () => number;
  readonly log: Logger;
}

interface Watched {
  /** Null until the first reading is there. */
  reading: { readonly available: number; readonly begunAt: number } | null;
  refusedAt: number;
}

/**
 * The gate of one process. A placing that PostgreSQL refused puts its SKUs under watch: they are read at once and then
 * again and again, and whoever asks for more than the last reading says is refused in memory.
 */
export class EmbeddedGate implements AdmissionGate {
  private readonly watched = new Map<string, Watched>();
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> | null = null;
  private again = false;
  private stopped = false;

  constructor(private readonly deps: EmbeddedGateDeps) {}

  admit(lines: readonly StockLine[]): Promise<Admission> {
    const now = this.deps.elapsed();
    const shortages = normaliseLines(lines).flatMap((line) => this.shortage(line, now));
    if (shortages.length > 0) return Promise.resolve({ t: 'soldOut', shortages });
    return Promise.resolve({ t: 'admitted', told: (outcome) => this.told(outcome) });
  }

  /** How many SKUs are watched now. */
  size(): number {
    return this.watched.size;
  }

  /** Reads nothing any more; resolves when the last reading has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.reading;
  }

  private shortage({ skuId, quantity }: StockLine, now: number): Shortage[] {
    const watched = this.watched.get(skuId);
    if (!watched?.reading || now - watched.reading.begunAt >= READING_LIFE_MS) return [];
    const { available } = watched.reading;
    if (available >= quantity) return [];
    watched.refusedAt = now;
    return [{ skuId, requested: quantity, available }];
  }

  private told(outcome: PlacingOutcome): void {
    if (outcome.t !== 'short') return;
    for (const skuId of outcome.skuIds) this.watch(skuId);
    this.readNow();
  }

  private watch(skuId: string): void {
    if (this.watched.has(skuId)) return;
    const [longest] = this.watched.keys();
    if (longest !== undefined && this.watched.size >= MOST_SKUS) this.watched.delete(longest);
    this.watched.set(skuId, { reading: null, refusedAt: this.deps.elapsed() });
  }

  /** One reading at a time; whoever comes meanwhile is in the next one. */
  private readNow(): void {
    if (this.stopped) return;
    if (this.reading) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.again = false;
    this.reading = this.read().finally(() => {
      this.reading = null;
      if (this.stopped || this.watched.size === 0) return;
      if (this.again) this.readNow();
      else this.timer = setTimeout(() => this.readNow(), READ_AGAIN_MS);
    });
  }

  private async read(): Promise<void> {
    const begunAt = this.deps.elapsed();
    for (const [skuId, { refusedAt }] of this.watched) {
      if (begunAt - refusedAt >= FORGOTTEN_AFTER_MS) this.watched.delete(skuId);
    }
    const skuIds = [...this.watched.keys()];
    if (skuIds.length === 0) return;
    try {
      const found = await this.deps.stock.read(skuIds);
      for (const skuId of skuIds) this.keep(skuId, found.get(skuId), begunAt);
    } catch (error) {
      // The readings that are there grow too old to refuse anybody.
      this.deps.log.debug({ err: error }, 'the stock of sold-out SKUs could not be read; trying again');
    }
  }

  private keep(skuId: string, counters: { available: number; unlimited: boolean } | undefined, begunAt: number): void {
    const watched = this.watched.get(skuId);
    if (!counters || counters.unlimited) this.watched.delete(skuId);
    else if (watched) watched.reading = { available: counters.available, begunAt };
  }
}
