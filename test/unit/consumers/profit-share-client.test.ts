import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createProfitShareClient } from '../../../src/adapters/profit-share/http';

const SHARE = { orderId: 'ord_1', referrerId: 'buyer_9', amount: { minor: 1_000, currency: 'CNY' }, lines: [] };

describe('the profit-share system over HTTP', () => {
  let server: Server;
  let asked: string[];
  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });

  async function system(answer: RequestListener, timeoutMs?: number) {
    asked = [];
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${String(request.headers['idempotency-key'])}`);
      request.resume();
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/reports?token=t0ken`;
    return createProfitShareClient(url, timeoutMs);
  }

  it.each([200, 201, 204])('acknowledges by %i', async (status) => {
    const client = await system((_, response) => response.writeHead(status).end());
    await client.report(SHARE);
    expect(asked).toEqual(['POST /reports?token=t0ken ord_1']);
  });

  it.each([400, 409, 500, 503])('has not acknowledged by %i; what it says is not repeated', async (status) => {
    const client = await system((_, response) => response.writeHead(status).end('buyer_9 lives in …'));
    await expect(client.report(SHARE)).rejects.toThrow(`the profit-share system answered ${status}`);
  });

  it('is not followed elsewhere', async () => {
    const client = await system((_, response) => response.writeHead(307, { location: '/elsewhere' }).end());
    await expect(client.report(SHARE)).rejects.toThrow('fetch failed');
    expect(asked).toHaveLength(1);
  });

  it('that says nothing is given up', async () => {
    const client = await system(() => undefined, 50);
    await expect(client.report(SHARE)).rejects.toThrow('aborted due to timeout');
  });
});
