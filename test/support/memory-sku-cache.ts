import { type Sku } from '../../src/ports/catalogue';
import { type ReadTicket, type SkuCache, type SkuReading } from '../../src/ports/sku-cache';

const LIFE_MS = 30_000;

/** The cache's contract in memory, with a switch for its absence. */
export class MemorySkuCache implements SkuCache {
  /** Every call rejects, as where Redis can't be reached. */
  away = false;
  readonly asked: string[][] = [];
  private floor = 0;
  private readonly kept = new Map<string, { ticket: ReadTicket; sku: Sku; until: number }>();

  constructor(private readonly now: () => number = () => 0) {}

  async find(ids: readonly string[]): Promise<ReadonlyMap<string, Sku>> {
    await this.reach();
    this.asked.push([...ids]);
    return new Map(
      ids.flatMap((id) => {
        const entry = this.kept.get(id);
        return entry && entry.ticket >= this.floor && entry.until > this.now() ? [[id, entry.sku] as const] : [];
      }),
    );
  }

  async keep({ ticket, skus }: SkuReading): Promise<void> {
    await this.reach();
    for (const sku of skus) {
      const entry = this.kept.get(sku.id);
      if (!entry || entry.ticket < ticket || entry.until <= this.now())
        this.kept.set(sku.id, { ticket, sku, until: this.now() + LIFE_MS });
    }
  }

  async doubt(before: ReadTicket): Promise<void> {
    await this.reach();
    this.floor = Math.max(this.floor, before);
  }

  private async reach(): Promise<void> {
    await Promise.resolve();
    if (this.away) throw new Error('the cache is away');
  }
}
