import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { choosePort, freePort, isListening, isPortFree, LOOPBACK } from '../../src/main/local/ports';

let server: Server;
let taken: number;

beforeEach(async () => {
  server = createServer().listen(0, LOOPBACK);
  await once(server, 'listening');
  taken = (server.address() as AddressInfo).port;
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

test('tells a free port from a taken one', async () => {
  expect(await isPortFree(taken)).toBe(false);
  expect(await isListening(taken)).toBe(true);
  const free = await freePort();
  expect(await isPortFree(free)).toBe(true);
  expect(await isListening(free)).toBe(false);
});

test('keeps the preferred port, and says when it had to move', async () => {
  const free = await freePort();
  expect(await choosePort(free)).toEqual({ port: free, moved: false });
  const other = await choosePort(taken);
  expect(other.moved).toBe(true);
  expect(other.port).not.toBe(taken);
  expect((await choosePort(undefined)).moved).toBe(false);
});
