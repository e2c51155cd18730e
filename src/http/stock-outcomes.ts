import { HoldfastError } from '../domain/errors';
import { type AdjustedSku, type Sku } from '../ports/catalogue';
import { type KeyRefusal } from '../ports/idempotency';
import { type StockImports } from '../ports/stock-import';
import { keyRefused } from './idempotency';

type Imported = Awaited<ReturnType<StockImports['run']>>;

/** The SKU after its adjustment; throws what an adjustment may be refused with. */
export function adjusted(outcome: AdjustedSku | KeyRefusal): Sku {
  switch (outcome.t) {
    case 'adjusted':
      return outcome.sku;
    case 'notFound':
      throw new HoldfastError('sku_not_found');
    case 'insufficient':
      throw new HoldfastError('insufficient_stock');
    case 'tooMany':
      throw new HoldfastError('stock_limit_exceeded');
    case 'reused':
    case 'inProgress':
      throw keyRefused(outcome);
  }
}

/** The report of an import; throws what one may be refused with, each refused line named. */
export function imported(outcome: Imported): Extract<Imported, { t: 'imported' }>['report'] {
  switch (outcome.t) {
    case 'imported':
      return outcome.report;
    case 'refused':
      throw new HoldfastError('stock_import_refused', `${outcome.lines.length} lines cannot be done`, {
        errors: outcome.lines.map(({ line, message }) => ({ path: `lines.${line}`, message })),
      });
    case 'reused':
    case 'inProgress':
      throw keyRefused(outcome);
  }
}
