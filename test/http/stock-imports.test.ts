import { gzipSync } from 'node:zlib';
import { type KeyRefusal } from '../../src/ports/idempotency';
import { harness, type Harness } from './support/harness';

const HEAD = 'skuId,delta,reason';
const PATH = '/v1/stock-imports';

const send = ({ as }: Harness, body: string | Buffer, { mode = 'report', key = 'k', type = 'text/csv' } = {}) =>
  as('catalog').post(`${PATH}?mode=${mode}`).set('Idempotency-Key', key).set('Content-Type', type).send(body);
const available = async ({ as }: Harness) => (await as('read').get('/v1/skus/sku_tea')).body.stock.available;

describe('POST /v1/stock-imports', () => {
  it('applies the lines in the order of the file and reports each', async () => {
    const built = await harness();
    const { status, body } = await send(built, `${HEAD}\nsku_tea,-30,sold elsewhere\nsku_tea,5,"found, after all"\n`);
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^sto_/),
      applied: 2,
      refused: 0,
      lines: [
        { line: 2, skuId: 'sku_tea', delta: -30, status: 'applied', available: 70 },
        { line: 3, skuId: 'sku_tea', delta: 5, status: 'applied', available: 75 },
      ],
    });
    expect(await available(built)).toBe(75);
  });

  const BAD = [
    HEAD,
    'sku_tea,1,ok',
    'sku_none,1,count',
    'sku_tea,-999,count',
    'sku_tea,1.5,count',
    'sku_tea,0,count',
    'sku_tea,99999999999,count',
    'sku_tea,1,',
    'sku_tea,1',
    'sku_tea,1,count,more',
    'a b,x,count',
    'sku_tea,+2,ok',
  ].join('\n');

  it('mode=report does the good lines and names what is wrong with each of the others', async () => {
    const built = await harness();
    const { body } = await send(built, BAD);
    expect(body).toMatchObject({ applied: 2, refused: 9 });
    const seen = body.lines.map((each: Record<string, unknown>) => [each.line, each.status, each.code ?? null]);
    expect(seen).toEqual([
      [2, 'applied', null],
      [3, 'refused', 'sku_not_found'],
      [4, 'refused', 'insufficient_stock'],
      ...[5, 6, 7, 8, 9, 10, 11].map((line) => [line, 'refused', 'validation_failed']),
      [12, 'applied', null],
    ]);
    expect(body.lines[2]).toMatchObject({ skuId: 'sku_tea', delta: -999, available: 101 });
    expect(body.lines.slice(3, 10).map(({ message }: { message: string }) => message)).toEqual([
      'delta: must be a whole number',
      'delta: must not be zero',
      'delta: must be a whole number',
      expect.stringContaining('reason: '),
      'must have 3 columns, has 2',
      'must have 3 columns, has 4',
      expect.stringMatching(/^skuId: .*; delta: /),
    ]);
    expect(body.lines[9]).toMatchObject({ skuId: null, delta: null, available: null });
    expect(await available(built)).toBe(103);
  });

  it('mode=all_or_nothing names every bad line and does nothing; it is the mode unless another is given', async () => {
    const built = await harness();
    const answer = await send(built, BAD, { mode: 'all_or_nothing' });
    expect([answer.status, answer.body.code]).toEqual([422, 'stock_import_refused']);
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual(
      [3, 4, 5, 6, 7, 8, 9, 10, 11].map((line) => `lines.${line}`),
    );
    expect(await available(built)).toBe(100);
    const request = built.as('catalog').post(PATH).set('Idempotency-Key', 'other').set('Content-Type', 'text/csv');
    expect((await request.send(BAD)).body.code).toBe('stock_import_refused');
  });

  it.each([
    ['a byte order mark', `\ufeff${HEAD}\nsku_tea,1,count\n`],
    ['CRLF', `${HEAD}\r\nsku_tea,1,count\r\n`],
    ['mixed line ends, none at the end', `${HEAD}\r\n\nsku_tea,1,count`],
    ['quotes and white space', ` "skuId" , delta , reason \n\n "sku_tea" , "1" , "a ""good"", count" \n`],
  ])('takes %s', async (_name, text) => {
    const built = await harness();
    expect((await send(built, text, { mode: 'all_or_nothing' })).status).toBe(201);
    expect(await available(built)).toBe(101);
  });

  it('counts lines as an editor does, empty ones and those within quotes included', async () => {
    const built = await harness();
    const { body } = await send(built, `${HEAD}\n\nsku_tea,1,count\nsku_tea,1,"two\nlines"\nsku_tea,1,count\n`);
    expect(body.lines.map(({ line, status }: { line: number; status: string }) => [line, status])).toEqual([
      [3, 'applied'],
      [5, 'refused'],
      [6, 'applied'],
    ]);
  });

  it.each([
    ['another header', 'sku,delta,reason\nsku_tea,1,count'],
    ['columns in another order', 'delta,skuId,reason\n1,sku_tea,count'],
    ['a column too many', `${HEAD},note\nsku_tea,1,count,x`],
    ['no header', 'sku_tea,1,count'],
    ['nothing', ''],
    ['only a byte order mark', '\ufeff'],
    ['a quote that is not closed', `${HEAD}\nsku_tea,1,"count`],
    ['a quote in the middle', `${HEAD}\nsku_tea,1,co"unt`],
    ['bytes that are not UTF-8', Buffer.from([0x73, 0xff, 0xfe])],
    ['UTF-16', Buffer.from(`${HEAD}\nsku_tea,1,x`, 'utf16le')],
  ])('refuses %s, and does nothing', async (_name, text) => {
    const built = await harness();
    const answer = await send(built, text);
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed_csv']);
    expect(await available(built)).toBe(100);
  });

  it('takes 5,000 lines and not one more, and at least one', async () => {
    const built = await harness();
    const lines = (n: number) => `${HEAD}\n${'sku_tea,1,c\n'.repeat(n)}`;
    expect((await send(built, lines(5000), { key: 'a' })).body.applied).toBe(5000);
    for (const n of [0, 5001]) {
      const answer = await send(built, lines(n), { key: `b${n}` });
      expect([answer.status, answer.body.errors]).toMatchObject([422, [{ path: 'lines' }]]);
    }
  });

  it('takes 1 MiB, also of what is compressed, and no byte more', async () => {
    const built = await harness();
    const large = `${HEAD}\nsku_tea,1,count\n${'\n'.repeat(1024 * 1024)}`;
    expect((await send(built, large)).body.code).toBe('body_too_large');
    const packed = built.as('catalog').post(PATH).set('Idempotency-Key', 'z').set('Content-Type', 'text/csv');
    const answer = await packed.set('Content-Encoding', 'gzip').send(gzipSync(large));
    expect([answer.status, answer.body.code]).toEqual([413, 'body_too_large']);
    expect((await send(built, large.slice(0, 1024 * 1024))).status).toBe(201);
  });

  it.each([
    ['application/json', 415],
    ['text/plain', 415],
    ['text/csv; charset=iso-8859-1', 415],
    ['text/csv; charset=utf-8', 201],
    ['TEXT/CSV;charset="UTF-8"', 201],
  ])('sent as %s → %d', async (type, status) => {
    const built = await harness();
    expect((await send(built, `${HEAD}\nsku_tea,1,count`, { type })).status).toBe(status);
  });

  it('needs a key, the scope catalog, and a mode that there is', async () => {
    const { as } = await harness();
    const text = `${HEAD}\nsku_tea,1,count`;
    const csv = (scope: 'catalog' | 'orders', query = '') =>
      as(scope)
        .post(PATH + query)
        .set('Content-Type', 'text/csv');
    expect((await csv('catalog').send(text)).body.code).toBe('idempotency_key_required');
    expect((await csv('orders').set('Idempotency-Key', 'k').send(text)).body.code).toBe('forbidden');
    const wrong = await csv('catalog', '?mode=some').set('Idempotency-Key', 'k').send(text);
    expect(wrong.body).toMatchObject({ code: 'validation_failed', errors: [{ path: 'mode' }] });
  });

  it('the same key and file: the same answer, done once; another file or mode is refused', async () => {
    const built = await harness();
    const text = `${HEAD}\nsku_tea,1,count\nsku_x,1,count`;
    const first = await send(built, text);
    const again = await send(built, text);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(await available(built)).toBe(101);
    expect((await send(built, `${text}\n`)).body.code).toBe('idempotency_key_reused');
    expect((await send(built, text, { mode: 'all_or_nothing' })).body.code).toBe('idempotency_key_reused');
  });

  it('says so while the first request is under way', async () => {
    const built = await harness();
    built.deps.stockImports.run = () => Promise.resolve({ t: 'inProgress' } satisfies KeyRefusal);
    const answer = await send(built, `${HEAD}\nsku_tea,1,count`);
    expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([409, 'request_in_progress', '1']);
  });
});
