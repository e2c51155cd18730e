import { isDeepStrictEqual } from 'node:util';
import { type Finding } from '../../src/domain/reconcile';
import { type Sku } from '../../src/ports/catalogue';
import { type Examined, type Scope } from '../../src/ports/reconciliation';
import { type ReconcilePorts } from './ports';

const PAGE = 100;

/** What the cache would answer, against PostgreSQL. A cache that can't be reached answers nobody, so there is nothing to mend. */
export async function examineCache({ cache, skus }: ReconcilePorts, scope: Scope): Promise<Examined> {
  if (!cache) return { checked: 0, findings: [], next: null };
  const { ids, next } = scope.t === 'page' ? await page(skus, scope.after) : subjectsOf(scope);
  const cached = await cache.find(ids).catch(() => null);
  if (!cached) return { checked: 0, findings: [], unanswered: ids.map((id) => ({ kind: 'sku', id })), next: null };
  const truth = new Map((await skus.read([...cached.keys()])).skus.map((sku) => [sku.id, sku]));
  const findings = [...cached.values()].flatMap((sku) => compare(sku, truth.get(sku.id) ?? null));
  return { checked: ids.length, findings, next };
}

async function page(skus: ReconcilePorts['skus'], cursor: string | null) {
  const { items, nextCursor } = await skus.page({ cursor, limit: PAGE });
  return { ids: items.map(({ id }) => id), next: nextCursor };
}

function subjectsOf({ subjects }: Extract<Scope, { t: 'subjects' }>) {
  return { ids: subjects.filter(({ kind }) => kind === 'sku').map(({ id }) => id), next: null };
}

/** What is sold at the moment differs for as long as its event travels: the second look has to find the same difference. */
function compare(cached: Sku, truth: Sku | null): Finding[] {
  const kept = plain(cached);
  const read = truth && plain(truth);
  if (isDeepStrictEqual(kept, read)) return [];
  return [{ code: 'cached_sku_stale', subject: { kind: 'sku', id: cached.id }, found: { cached: kept, truth: read } }];
}

const plain = (sku: Sku): unknown => JSON.parse(JSON.stringify(sku)) as unknown;

/** The latest reading replaces what is kept; false where it does not. */
export async function readAnew({ cache, skus }: ReconcilePorts, skuId: string): Promise<boolean> {
  if (!cache) return false;
  const reading = await skus.read([skuId]);
  await cache.keep(reading);
  const kept = (await cache.find([skuId])).get(skuId);
  const [read] = reading.skus;
  return kept !== undefined && read !== undefined && isDeepStrictEqual(plain(kept), plain(read));
}
