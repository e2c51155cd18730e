import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { problemSchema } from '../../src/http/schemas/problem';
import { HOSTILE_REQUESTS, type HostileContext } from './hostile-requests';
import { type Harness, harness, KEYS } from './support/harness';
import { codesIn, type Document, documentOf, operationOf } from './support/openapi';
import { send } from './support/raw-request';

const context: HostileContext = { keys: KEYS, skuId: 'sku_tea', run: 'unit' };

/** How often the API has asked its ports for a change. */
const changes = ({ orders, refunds, started }: Harness) =>
  [orders.placings, refunds.commands, started].map((list) => list.length);

describe('hostile requests', () => {
  let server: Server;
  let port: number;
  let built: Harness;
  let document: Document;

  beforeAll(async () => {
    built = await harness();
    document = await documentOf(built);
    server = createServer(built.app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });

  afterAll(async () => {
    const closed = once(server, 'close');
    server.close();
    await closed;
  });

  it('is a table whose rows have names of their own and expect no server error', () => {
    expect(new Set(HOSTILE_REQUESTS.map(({ name }) => name)).size).toBe(HOSTILE_REQUESTS.length);
    expect(HOSTILE_REQUESTS.filter(({ status }) => status >= 500)).toEqual([]);
  });

  it.each(HOSTILE_REQUESTS)('$name → $status $code', async ({ build, before, status, code, paths = [] }) => {
    if (before) expect((await send(port, before(context))).status).toBeLessThan(300);
    const changesBefore = changes(built);

    const answer = await send(port, build(context));

    expect({ status: answer.status, text: answer.text }).toEqual({ status, text: expect.any(String) });
    expect(answer.headers['x-request-id']).toMatch(/^[A-Za-z0-9_.-]{1,128}$/);
    if (code === null) return;
    const problem = problemSchema.parse(JSON.parse(answer.text));
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(problem).toMatchObject({ code, status, instance: answer.headers['x-request-id'] });
    if (code !== 'not_found' && code !== 'method_not_allowed') {
      const { method, path } = build(context);
      expect(codesIn(operationOf(document, method, path))).toContain(code);
    }
    const named = (problem.errors ?? []).map(({ path }) => path);
    expect(named).toEqual(expect.arrayContaining([...paths]));
    expect(answer.text.length).toBeLessThan(20_000);
    if (code === 'validation_failed') expect(changes(built)).toEqual(changesBefore);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('payWith');
  });
});
