import { FakePromotions } from './promotions';
import { type RequestListener } from 'node:http';
import { pino } from 'pino';
import request from 'supertest';
import { type Alert } from '../../../src/ports/alert';
import { createApp } from '../../../src/http/app';
import { type Scope } from '../../../src/domain/access';
import { digestOf } from '../../../src/config';
import { type AppDeps } from '../../../src/http/deps';
import { type OrderProcess } from '../../../src/ports/order-process';
import { type StartIntent } from '../../../src/ports/start-intents';
import { digestsInClear, FakeBuyerData } from './fake-buyer-data';
import { FakeCarts } from './carts';
import { FakeProducts, FakeStockImports } from './catalogue';
import { FakeDeadLetters, FakeFeed, FakeWebhookEndpoints } from './events';
import { deskOf, outageDeskOf } from './fake-desk';
import { FakeRefunds } from './fake-refunds';
import { FakeCases, fakeReconciliation } from './reconciliation';
import { fakeGateway, FakeCatalogue, FakeOrders } from './fakes';

/** One key per scope, named after it. */
export const KEYS = {
  orders: 'key-orders',
  catalog: 'key-catalog',
  operate: 'key-operate',
  read: 'key-read',
} as const satisfies Record<Scope, string>;

export interface Harness {
  readonly app: RequestListener;
  readonly deps: AppDeps;
  readonly orders: FakeOrders;
  readonly catalogue: FakeCatalogue;
  readonly refunds: FakeRefunds;
  /** What was handed to the starter. */
  readonly started: StartIntent[];
  readonly wakes: () => number;
  readonly alerts: Parameters<Alert>[];
  /** Every line that was logged. */
  readonly log: string[];
  /** A request with the key of a scope. */
  as(scope: Scope): { [M in 'get' | 'post' | 'put' | 'delete']: (path: string) => request.Test };
}

/** The API over ports in memory, with one SKU, `sku_tea`, of which there are 100. */
export async function harness(overrides: Partial<AppDeps> = {}): Promise<Harness> {
  const catalogue = new FakeCatalogue();
  const carts = new FakeCarts(catalogue);
  const orders = new FakeOrders(catalogue, carts);
  const refunds = new FakeRefunds(orders);
  const started: StartIntent[] = [];
  const alerts: Parameters<Alert>[] = [];
  const log: string[] = [];
  let wakes = 0;
  let ids = 0;
  const deps: AppDeps = {
    orders,
    catalogue,
    products: new FakeProducts(catalogue),
    stockImports: new FakeStockImports(catalogue),
    carts,
    inbox: { store: () => Promise.resolve('stored') },
    refunds,
    points: { account: () => noPoints(), adjust: () => noPoints() },
    buyerData: new FakeBuyerData(orders),
    personalDigests: digestsInClear,
    promotions: new FakePromotions(catalogue),
    events: new FakeFeed(),
    cases: new FakeCases(),
    reconciliation: fakeReconciliation,
    deadLetters: new FakeDeadLetters(),
    webhookEndpoints: new FakeWebhookEndpoints(),
    webhookUrlFault: () => null,
    process: processOf({}),
    desk: deskOf({}),
    outageDesk: outageDeskOf({}),
    twoPersonAboveMinor: null,
    gateways: new Map([['wechat', fakeGateway]]),
    rush: { enter: () => false, leave: () => undefined },
    startSoon: (intent) => started.push(intent),
    startLater: () => undefined,
    inboxWake: () => (wakes += 1),
    paymentAnswered: () => Promise.resolve(),
    alert: (...alert) => alerts.push(alert),
    apiKeys: Object.entries(KEYS).map(([scope, key]) => ({ digest: digestOf(key), scopes: [scope as Scope] })),
    newId: (kind) => `${kind.slice(0, 3)}_${String((ids += 1)).padStart(4, '0')}`,
    paymentWindow: { defaultSeconds: 1800, minSeconds: 1, maxSeconds: 86_400 },
    readiness: () => Promise.resolve([]),
    metrics: { contentType: 'text/plain; version=0.0.4', metrics: () => Promise.resolve('up 1\n') },
    logger: pino({ level: 'debug' }, { write: (line: string) => log.push(line) }),
    bodyLimitBytes: 100 * 1024,
    ...overrides,
  };
  const price = { minor: 1999, currency: 'CNY' };
  const tea = { id: 'sku_tea', productId: 'prod_tea', title: 'Tea', price, onShelf: true, unlimited: false };
  await catalogue.create({ ...tea, initialStock: 100 });
  const app = createApp(deps);
  const as = (scope: Scope) => {
    const call = (method: 'get' | 'post' | 'put' | 'delete') => (path: string) =>
      request(app)[method](path).set('Authorization', `Bearer ${KEYS[scope]}`);
    return { get: call('get'), post: call('post'), put: call('put'), delete: call('delete') };
  };
  return { app, deps, orders, catalogue, refunds, started, wakes: () => wakes, alerts, log, as };
}

const noPoints = () => Promise.reject(new Error('nobody expected a call for points'));

type Process = AppDeps['process'];

/** A process of which a test expects these calls, and no other. */
export function processOf(calls: Partial<Process>): Process {
  const unexpected = (name: keyof OrderProcess) => () => Promise.reject(new Error(`nobody expected ${name}`));
  return {
    cancel: unexpected('cancel'),
    switchPayment: unexpected('switchPayment'),
    refundChanged: unexpected('refundChanged'),
    ...calls,
  };
}

/** A body that places two teas. */
export const PLACE = { buyerId: 'buyer_1', lines: [{ skuId: 'sku_tea', quantity: 2 }] } as const;
