import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { createAlipayGateway } from './alipay/gateway';
import { makeAlipayKeys } from './alipay/keys';
import { Scans } from './alipay/scans';
import { cashierRoutes } from './cashier/routes';
import { controlRoutes } from './control/routes';
import { type Core } from './core';
import { Holds } from './faults/holds';
import { FaultRegistry } from './faults/registry';
import { type Gateway } from './gateway';
import { NotificationQueue } from './notify/queue';
import { SandboxClock } from './state/clock';
import { Deferrals } from './state/deferrals';
import { loadOrMakeKeys } from './state/keys';
import { Payments } from './state/payments';
import { Store } from './state/store';
import { Timers } from './state/timers';
import { type GatewayName } from './state/types';
import { createStripeGateway } from './stripe/gateway';
import { makeStripeKeys } from './stripe/keys';
import { StripeRecords } from './stripe/records';
import { createWechatGateway } from './wechat/gateway';
import { makeWechatKeys } from './wechat/keys';

export interface SandboxOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Default 127.0.0.1: the control API has no authentication, so the outside world needs a reason. */
  readonly host?: string;
  /** Holds journal and keys; made when absent. One running sandbox per directory. */
  readonly dataDir: string;
  /** Machine time in ms; for tests. */
  readonly now?: () => number;
  /** Where warnings go; default: JSON lines on stderr. */
  readonly warn?: (message: string) => void;
}

export interface Sandbox {
  /** Bare origin, `http://127.0.0.1:3900`. */
  readonly url: string;
  readonly port: number;
  /** Stops taking requests, ends deliveries in flight and syncs the journal. What is owed goes on at the next start. */
  close(): Promise<void>;
}

/**
 * Starts the payment provider sandbox in this process.
 * @throws Error with code EADDRINUSE when the port is taken; Error when the journal is damaged
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const host = options.host ?? '127.0.0.1';
  const clock = new SandboxClock(options.now ?? Date.now);
  const keys = await loadOrMakeKeys(options.dataDir, 'wechat', () => makeWechatKeys(clock.machineMs()));
  const alipayKeys = await loadOrMakeKeys(options.dataDir, 'alipay', makeAlipayKeys);
  const stripeKeys = await loadOrMakeKeys(options.dataDir, 'stripe', makeStripeKeys);
  const server = createServer();
  // The port first: a second sandbox that finds it taken must not have touched the journal.
  await listen(server, options.port, host);
  try {
    const store = Store.open(options.dataDir, options.warn ?? warnOnStderr);
    const alipay = (core: Core): Gateway => createAlipayGateway(core, alipayKeys, new Scans(options.dataDir));
    const records = StripeRecords.open(options.dataDir, options.warn ?? warnOnStderr);
    const stripe = (core: Core): Gateway => createStripeGateway(core, stripeKeys, records);
    const builders = [(core: Core) => createWechatGateway(core, keys), alipay, stripe];
    return records.closedWith(serve(server, host, store, clock, builders));
  } catch (error) {
    await closeServer(server);
    throw error;
  }
}

function serve(
  server: Server,
  host: string,
  store: Store,
  clock: SandboxClock,
  builders: readonly ((core: Core) => Gateway)[],
): Sandbox {
  const timers = new Timers();
  const holds = new Holds(timers);
  const core: Core = {
    store,
    clock,
    holds,
    faults: new FaultRegistry(),
    deferrals: new Deferrals(store, clock, holds),
  };
  const built = builders.map((build) => build(core));
  const gateways = new Map<GatewayName, Gateway>(built.map((gateway) => [gateway.name, gateway]));
  const gateway = (name: GatewayName): Gateway => known(gateways, name);
  const queue = new NotificationQueue({ ...core, timers, gateway });
  queue.start();
  core.deferrals.start((deferred) => gateway(deferred.gateway).executeDeferred(deferred.command));
  server.on('request', createApp(core, gateways));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    timers.stop();
    queue.stop();
    await closeServer(server);
    await store.close();
  };
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, port, close: once(close) };
}

function createApp(core: Core, gateways: ReadonlyMap<GatewayName, Gateway>): Express {
  const { store, clock } = core;
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_req, res) => void res.json({ status: 'ok' }));
  app.use('/_sandbox', controlRoutes({ ...core, gateways }));
  app.use(cashierRoutes({ store, clock, gateways, payments: new Payments(store, clock) }));
  for (const gateway of gateways.values()) app.use(gateway.routes());
  app.use((_req, res) => void res.status(404).json({ code: 'not_found', message: 'No such endpoint' }));
  app.use(failures);
  return app;
}

const failures: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (res.headersSent) return next(error);
  const status = isClientError(error) ? error.status : 500;
  const message = error instanceof Error ? error.message : String(error);
  res.status(status).json({ code: status === 500 ? 'sandbox_failure' : 'invalid_request', message });
};

/** The body parsers' errors carry the status they mean. */
function isClientError(error: unknown): error is { status: number } {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500;
}

function known(gateways: ReadonlyMap<GatewayName, Gateway>, name: GatewayName): Gateway {
  const gateway = gateways.get(name);
  if (!gateway) throw new Error(`the journal mentions the gateway ${name}, which this sandbox does not speak`);
  return gateway;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Closing twice is closing once. */
function once(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => (running ??= task());
}

function warnOnStderr(message: string): void {
  process.stderr.write(`${JSON.stringify({ level: 'warn', part: 'sandbox', message })}\n`);
}
