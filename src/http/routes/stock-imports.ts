import { HoldfastError } from '../../domain/errors';
import { type JudgedLine } from '../../domain/stock-import';
import { csvText } from '../body';
import { type AppDeps } from '../deps';
import { type Endpoint, rawEndpoint } from '../endpoint';
import { idempotencyOf } from '../idempotency';
import { readImport } from '../read-import';
import { type ImportLineAnswer, importQuerySchema, stockImportSchema } from '../schemas/stock-imports';
import { imported } from '../stock-outcomes';
import { validate } from '../validation';

/** `/v1/stock-imports`: many adjustments at once, out of a CSV file. */
export function stockImportRoutes({ stockImports, newId }: AppDeps): Endpoint[] {
  return [
    rawEndpoint('csv', {
      method: 'post',
      path: '/v1/stock-imports',
      tag: 'Catalogue',
      summary: 'Add or take away stock of many SKUs, by a CSV file with the columns skuId,delta,reason.',
      access: ['catalog'],
      idempotencyKey: 'required',
      query: importQuerySchema,
      errors: ['malformed_csv', 'stock_import_refused'],
      answers: {
        201: {
          description: 'Imported, with what became of each line; a repeat of the key answers the same.',
          schema: stockImportSchema,
        },
      },
      handle: async (call) => {
        const { mode } = validate(importQuerySchema, call.query);
        const text = csvText(call.body, call.headers['content-type']);
        const key = idempotencyOf(call, `POST /v1/stock-imports?mode=${mode}`, text);
        if (!key) throw new HoldfastError('idempotency_key_required');
        const report = imported(await stockImports.run({ id: newId('stockImport'), mode, ...readImport(text) }, key));
        return { status: 201, body: { ...report, lines: report.lines.map(presentLine) } };
      },
    }),
  ];
}

function presentLine(judged: JudgedLine): ImportLineAnswer {
  const { line, skuId, delta, status, available } = judged;
  const why = judged.status === 'refused' ? { code: judged.code, message: judged.message } : {};
  return { line, skuId, delta, status, available, ...why };
}
