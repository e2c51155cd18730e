import { gzipSync } from 'node:zlib';
import { broken, type HostileRequest, invalid, lines, placing, placingText } from './request';

const types: HostileRequest[] = [
  invalid('buyer is a number', { buyerId: 7 }, 'buyerId'),
  invalid('buyer is null', { buyerId: null }, 'buyerId'),
  invalid('buyer is an object', { buyerId: { $ne: null } }, 'buyerId'),
  invalid('lines is an object', { lines: {} }, 'lines'),
  invalid('lines is a string', { lines: 'sku_tea' }, 'lines'),
  invalid('a line is null', { lines: [null] }, 'lines.0'),
  invalid('a line is a list', { lines: [['sku_tea', 1]] }, 'lines.0'),
  invalid('quantity is a numeric string', lines({ quantity: '1' }), 'lines.0.quantity'),
  invalid('quantity is true', lines({ quantity: true }), 'lines.0.quantity'),
  invalid('gateway is a list', { payWith: ['wechat'] }, 'payWith'),
  invalid('window is a string', { paymentWindowSeconds: '60' }, 'paymentWindowSeconds'),
  broken('the body is a list', '[]', 422, 'validation_failed'),
  broken('the body is a string', '"order"', 422, 'validation_failed'),
  broken('the body is null', 'null', 422, 'validation_failed'),
];

const sizes: HostileRequest[] = [
  invalid('no lines', { lines: [] }, 'lines'),
  invalid('51 lines', ({ skuId }) => ({ lines: Array.from({ length: 51 }, () => ({ skuId, quantity: 1 })) }), 'lines'),
  invalid('buyer id is empty', { buyerId: '' }, 'buyerId'),
  invalid('buyer id of 129 characters', { buyerId: 'b'.repeat(129) }, 'buyerId'),
  invalid('note of 501 characters', { note: 'n'.repeat(501) }, 'note'),
  invalid('quantity is zero', lines({ quantity: 0 }), 'lines.0.quantity'),
  invalid('quantity is negative', lines({ quantity: -1 }), 'lines.0.quantity'),
  invalid('quantity is 10001', lines({ quantity: 10_001 }), 'lines.0.quantity'),
  invalid('quantity is a fraction', lines({ quantity: 1.5 }), 'lines.0.quantity'),
  invalid('quantity beyond 2^53', lines({ quantity: 2 ** 60 }), 'lines.0.quantity'),
  invalid('quantity beyond 2^31', lines({ quantity: 2 ** 31 }), 'lines.0.quantity'),
  invalid('window is zero', { paymentWindowSeconds: 0 }, 'paymentWindowSeconds'),
  invalid('window is longer than a day', { paymentWindowSeconds: 86_401 }, 'paymentWindowSeconds'),
  broken('quantity is 1e400', '{"buyerId":"b","lines":[{"skuId":"s","quantity":1e400}]}', 422, 'validation_failed'),
  broken(
    '1000 unknown fields',
    JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`x${i}`, i]))),
    422,
    'validation_failed',
  ),
  broken('nested 20000 deep', '['.repeat(20_000) + ']'.repeat(20_000), 422, 'validation_failed'),
  broken('nested 20000 deep and never closed', '['.repeat(20_000)),
  broken('a body of 200 KiB', JSON.stringify({ note: 'x'.repeat(200 * 1024) }), 413, 'body_too_large'),
  {
    name: 'a small body that inflates to 10 MB',
    build: (context) => placingText(context, gzipSync(Buffer.alloc(10_000_000, 0x20)), { 'Content-Encoding': 'gzip' }),
    status: 413,
    code: 'body_too_large',
  },
];

const unicode: HostileRequest[] = [
  invalid('NUL in the note', { note: 'a\u0000b' }, 'note'),
  invalid('an unpaired surrogate in the note', { note: 'a\ud800b' }, 'note'),
  invalid('a line break in the note', { note: 'a\r\nSet-Cookie: x=1' }, 'note'),
  invalid('an escape sequence in the note', { note: '\u001b[2J' }, 'note'),
  invalid('NUL in the buyer id', { buyerId: 'a\u0000' }, 'buyerId'),
  invalid('a look-alike in the buyer id', { buyerId: 'b\u0443yer' }, 'buyerId'),
  invalid('a right-to-left override in a SKU id', lines({ skuId: '\u202eaet' }), 'lines.0.skuId'),
  invalid('SQL in a SKU id', lines({ skuId: "x'; DROP TABLE orders; --" }), 'lines.0.skuId'),
  invalid('a template in a SKU id', lines({ skuId: '${7*7}' }), 'lines.0.skuId'),
  broken('a UTF-8 sequence cut short', Buffer.from([0x7b, 0x22, 0xc3, 0x22, 0x3a, 0x31, 0x7d])),
  broken('UTF-16 bytes', Buffer.from('{"buyerId":"b"}', 'utf16le')),
];

const fields: HostileRequest[] = [
  invalid('an unknown field', { amount: { minor: 1, currency: 'CNY' } }, 'amount'),
  invalid('an unknown field in a line', lines({ unitPrice: 1 }), 'lines.0.unitPrice'),
  invalid('a price of the buyer’s own', { price: 0, status: 'paid', id: 'ord_1' }, 'price', 'status', 'id'),
  invalid('a gateway that nobody knows', { payWith: 'cash' }, 'payWith'),
  invalid(
    'fields named as an object’s own',
    { constructor: 1, toString: 2, hasOwnProperty: 3 },
    'constructor',
    'toString',
  ),
  {
    name: '__proto__ in the body',
    build: (context) =>
      placingText(
        context,
        `{"buyerId":"b","lines":[{"skuId":"${context.skuId}","quantity":1}],"__proto__":{"payWith":"cash"}}`,
      ),
    status: 422,
    code: 'validation_failed',
    paths: ['__proto__'],
  },
  {
    name: '__proto__ in a line',
    build: (context) =>
      placingText(
        context,
        `{"buyerId":"b","lines":[{"skuId":"${context.skuId}","quantity":1,"__proto__":{"quantity":9}}]}`,
      ),
    status: 422,
    code: 'validation_failed',
    paths: ['lines.0.__proto__'],
  },
];

const encodings: HostileRequest[] = [
  broken('an empty body', ''),
  broken('not JSON', 'buyerId=b&lines=1'),
  broken('JSON cut short', '{"buyerId":"b"'),
  broken('JSON with a comment', '{"buyerId":"b"/* */}'),
  broken('two documents', '{}{}'),
  broken('NaN', '{"buyerId":NaN}'),
  broken('only white space', '   '),
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'application/json; charset=utf-16',
    'application/jsonx',
    '',
  ].map((type): HostileRequest => ({
    name: `content type ${type || '(empty)'}`,
    build: (context) => placing(context, {}, { 'Content-Type': type }),
    status: 415,
    code: 'unsupported_media_type',
  })),
  {
    name: 'a content encoding that nobody knows',
    build: (context) => placing(context, {}, { 'Content-Encoding': 'rot13' }),
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    name: 'gzip that is none',
    build: (context) => placing(context, {}, { 'Content-Encoding': 'gzip' }),
    status: 400,
    code: 'malformed_json',
  },
];

/** Placings whose body is wrong. */
export const HOSTILE_BODIES: readonly HostileRequest[] = [...types, ...sizes, ...unicode, ...fields, ...encodings];
