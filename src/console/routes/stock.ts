import { createHash } from 'node:crypto';
import { type Actor } from '../../domain/access';
import { HoldfastError } from '../../domain/errors';
import { IMPORT_LIMITS } from '../../domain/stock-import';
import { csvText } from '../../http/body';
import { canonicalJson } from '../../http/idempotency';
import { readImport } from '../../http/read-import';
import { stockAdjustmentSchema } from '../../http/schemas/skus';
import { importQuerySchema } from '../../http/schemas/stock-imports';
import { adjusted, imported } from '../../http/stock-outcomes';
import { type IdempotencyKey } from '../../ports/idempotency';
import { type Sku } from '../../ports/catalogue';
import { type LedgerRow, type PageOf, type SkuPage, type SkuRow, type StockImportAnswer } from '../contract';
import { type ConsoleDeps } from '../deps';
import { type Route, route } from '../route';
import { pageQuerySchema, skusQuerySchema } from '../schemas';

/** SKUs, their ledger, adjustments and imports. */
export function stockRoutes(deps: ConsoleDeps): Route[] {
  return [list(deps), read(deps), ledger(deps), adjust(deps), importStock(deps)];
}

function list({ reads, catalogue }: ConsoleDeps): Route {
  return route({
    method: 'get',
    path: '/skus',
    role: 'viewer',
    query: skusQuerySchema,
    handle: async ({ query: { q = null, cursor = null, limit } }): Promise<PageOf<SkuRow>> => {
      const page = await reads.skus({ q, cursor, limit });
      const skus = await Promise.all(page.items.map((id) => catalogue.find(id)));
      return { items: skus.filter((sku) => sku !== null).map(rowOf), nextCursor: page.nextCursor };
    },
  });
}

function read({ reads, catalogue, now }: ConsoleDeps): Route {
  return route({
    method: 'get',
    path: '/skus/:id',
    role: 'viewer',
    handle: async ({ params: { id = '' } }): Promise<SkuPage> => {
      const [sku, sums] = await Promise.all([catalogue.find(id), reads.ledgerSums(id)]);
      if (!sku) throw new HoldfastError('sku_not_found');
      return { at: new Date(now()).toISOString(), sku: rowOf(sku), ledger: sums };
    },
  });
}

function ledger({ reads, catalogue }: ConsoleDeps): Route {
  return route({
    method: 'get',
    path: '/skus/:id/ledger',
    role: 'viewer',
    query: pageQuerySchema,
    handle: async ({ params: { id = '' }, query: { cursor = null, limit } }): Promise<PageOf<LedgerRow>> => {
      if (!(await catalogue.find(id))) throw new HoldfastError('sku_not_found');
      return reads.ledger(id, { cursor, limit });
    },
  });
}

function adjust({ catalogue, newId }: ConsoleDeps): Route {
  return route({
    method: 'post',
    path: '/skus/:id/adjustments',
    role: 'operator',
    idempotencyKey: 'required',
    body: stockAdjustmentSchema,
    handle: async ({ actor, params: { id = '' }, body, idempotencyKey, log }): Promise<SkuRow> => {
      const key = keyOf(actor, idempotencyKey, `adjust ${id}`, body);
      const sku = adjusted(await catalogue.adjustStock({ reference: newId('adjustment'), skuId: id, ...body }, key));
      log.info({ actor: actor.id, skuId: id, delta: body.delta }, 'stock adjusted in the console');
      return rowOf(sku);
    },
  });
}

function importStock({ stockImports, newId }: ConsoleDeps): Route {
  return route({
    method: 'post',
    path: '/stock-imports',
    role: 'operator',
    idempotencyKey: 'required',
    query: importQuerySchema,
    text: { limitBytes: IMPORT_LIMITS.bytes, read: csvText },
    handle: async ({ actor, query: { mode }, text, idempotencyKey, log }): Promise<StockImportAnswer> => {
      const key = keyOf(actor, idempotencyKey, `import ${mode}`, text);
      const report = imported(await stockImports.run({ id: newId('stockImport'), mode, ...readImport(text) }, key));
      log.info({ actor: actor.id, importId: report.id }, 'stock imported in the console');
      return report;
    },
  });
}

/** A page's key belongs to whoever is signed in; its fingerprint is what was asked for. */
function keyOf(actor: Actor, key: string, what: string, body: unknown): IdempotencyKey {
  const fingerprint = createHash('sha256')
    .update(`console ${what}\n${canonicalJson(body)}`)
    .digest('hex');
  return { client: `console:${actor.id}`, key, fingerprint };
}

function rowOf({ id, productId, title, price, onSale, stock }: Sku): SkuRow {
  return { id, productId, title, price, onSale, stock };
}
