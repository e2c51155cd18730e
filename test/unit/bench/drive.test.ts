import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { drive } from '../../../bench/lib/load/drive';
import { type LoadJob } from '../../../bench/lib/load/protocol';

describe('the load client', () => {
  let server: Server | undefined;

  afterEach(async () => {
    server?.closeAllConnections();
    server?.close();
    if (server?.listening) await once(server, 'close');
    server = undefined;
  });

  async function serving(answer: (req: IncomingMessage, res: ServerResponse) => void): Promise<string> {
    server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  function job(url: string, count: number, change: Partial<LoadJob> = {}): LoadJob {
    const requests = Array.from({ length: count }, (_, n) => ({ method: 'POST' as const, path: `/${n}`, body: '{}' }));
    return { urls: [url], headers: {}, requests, pace: { t: 'closed', callers: 3 }, keep: [], ...change };
  }

  it('has as many requests under way as there are callers, and no more', async () => {
    const open: ServerResponse[] = [];
    let [most, answered] = [0, 0];
    const release = (): void => {
      answered += open.length;
      for (const each of open.splice(0)) each.end('{}');
    };
    const url = await serving((req, res) => {
      if (req.url === '/probe') return void res.end();
      open.push(res);
      most = Math.max(most, open.length);
      // A connection made after all callers' own is served after them: a fourth caller would have been seen by then.
      if (open.length === 3) get(`${url}/probe`, { agent: false }, (probe) => probe.resume().on('end', release));
      // The last one has nobody to wait for.
      if (answered + open.length === 7) release();
    });
    const { statuses } = await drive(job(url, 7));
    expect(most).toBe(3);
    expect([...statuses]).toEqual(Array<number>(7).fill(200));
  });

  it('does not wait for answers when it offers a rate', async () => {
    const open: ServerResponse[] = [];
    const url = await serving((_req, res) => {
      open.push(res);
      if (open.length === 20) for (const each of open) each.end('{}');
    });
    const { statuses } = await drive(job(url, 20, { pace: { t: 'open', perSecond: 2_000 } }));
    expect(open).toHaveLength(20);
    expect([...statuses]).toEqual(Array<number>(20).fill(200));
  });

  it('brings back statuses by request, and what is asked of good answers', async () => {
    const url = await serving((req, res) => {
      res.statusCode = req.url === '/1' ? 409 : 201;
      res.end(JSON.stringify({ id: `ord${req.url}`, payment: { merchantNo: 'm' } }));
    });
    const { statuses, kept } = await drive(job(url, 3, { keep: ['id', 'payment.merchantNo', 'absent.field'] }));
    expect([...statuses]).toEqual([201, 409, 201]);
    expect(kept).toEqual([['ord/0', 'm', ''], null, ['ord/2', 'm', '']]);
  });

  it('counts a lost connection as no answer', async () => {
    const url = await serving((req, res) => {
      if (req.url === '/0') req.socket.destroy();
      else res.end('{}');
    });
    const { statuses } = await drive(job(url, 2, { pace: { t: 'closed', callers: 1 } }));
    expect([...statuses]).toEqual([0, 200]);
  });

  it('spreads requests over replicas and keeps connections', async () => {
    const connections = new Set<unknown>();
    const url = await serving((req, res) => {
      connections.add(req.socket);
      res.end('{}');
    });
    await drive(job(url, 9, { urls: [url, url], pace: { t: 'closed', callers: 1 } }));
    expect(connections.size).toBe(1);
  });
});
