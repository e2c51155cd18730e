import { type PricedSku } from '../../../domain/pricing';
import { type RequiredForm } from '../../../domain/buyer-fields';
import { type Sql } from './client';

/** What a SKU is sold as, and as of which version of that. */
export interface ShelvedSku extends PricedSku {
  /** `stock.catalogue_version`: another one since, and this is not true any more. Null: there are no counters to compare it with. */
  readonly version: string | null;
  readonly unlimited: boolean;
}

/** Of so many SKUs it is remembered what they are sold as; some kilobytes each at most. */
const MOST = 10_000;
/** Of a longer form it is not: of JSON text, in characters. */
const LONGEST_FORM = 2_000;

/**
 * What SKUs are sold as, remembered in this process. May be out of date at any time: whoever uses it locks the counters and
 * compares the versions then.
 */
export class Shelf {
  private readonly known = new Map<string, ShelvedSku>();

  /** Each SKU that there is, as remembered, or else as it stands. */
  async read(sql: Sql, skuIds: readonly string[]): Promise<ReadonlyMap<string, ShelvedSku>> {
    const found = new Map<string, ShelvedSku>();
    for (const skuId of skuIds) {
      const sku = this.known.get(skuId);
      if (sku) found.set(skuId, sku);
    }
    const missing = skuIds.filter((skuId) => !found.has(skuId));
    if (missing.length === 0) return found;
    for (const [skuId, sku] of await readCatalogue(sql, missing)) {
      found.set(skuId, sku);
      this.remember(skuId, sku);
    }
    return found;
  }

  forget(skuIds: readonly string[]): void {
    for (const skuId of skuIds) this.known.delete(skuId);
  }

  private remember(skuId: string, sku: ShelvedSku): void {
    if (JSON.stringify(sku.requiredForm).length > LONGEST_FORM) return;
    const [oldest] = this.known.keys();
    if (!this.known.has(skuId) && this.known.size >= MOST && oldest !== undefined) this.known.delete(oldest);
    this.known.set(skuId, sku);
  }
}

/** The SKUs as they stand now; where the counters are locked, as they stand until the commit. */
export async function readCatalogue(sql: Sql, skuIds: readonly string[]): Promise<Map<string, ShelvedSku>> {
  // An array, not a list: the text is the same for any number of SKUs, so it is parsed and planned once per connection.
  const rows = await sql.$queryRaw<SkuRow[]>`
    SELECT s.id AS sku_id, s.product_id, s.title, s.price, s.currency, s.on_shelf AND p.on_shelf AS on_shelf, s.required_form,
           c.catalogue_version, coalesce(c.unlimited, false) AS unlimited
    FROM skus s JOIN products p ON p.id = s.product_id LEFT JOIN stock c ON c.sku_id = s.id
    WHERE s.id = ANY(${[...skuIds]}::text[])`;
  return new Map(rows.map((row) => [row.sku_id, toShelved(row)]));
}

interface SkuRow {
  readonly sku_id: string;
  readonly product_id: string;
  readonly title: string;
  readonly price: bigint;
  readonly currency: string;
  readonly on_shelf: boolean;
  readonly required_form: RequiredForm;
  readonly catalogue_version: string | null;
  readonly unlimited: boolean;
}

function toShelved(row: SkuRow): ShelvedSku {
  return {
    skuId: row.sku_id,
    productId: row.product_id,
    title: row.title,
    price: { minor: Number(row.price), currency: row.currency },
    onShelf: row.on_shelf,
    requiredForm: row.required_form,
    version: row.catalogue_version,
    unlimited: row.unlimited,
  };
}
