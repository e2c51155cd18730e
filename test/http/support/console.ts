import express, { type Express } from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { digestOf } from '../../../src/config';
import { parseOperators } from '../../../src/config/operators';
import { type ConsoleDeps, createConsole } from '../../../src/console';
import { type Actor, type ApiKey } from '../../../src/domain/access';
import { type OperatorAction } from '../../../src/domain/operator-action';
import { type OrderInside } from '../../../src/ports/console-reads';
import { type OperatorActionRecord } from '../../../src/ports/operator-actions';
import { configuredIdentity } from '../../../src/main/operator-identity';
import { FakeCarts } from './carts';
import { FakeStockImports } from './catalogue';
import { FakeDeadLetters } from './events';
import { FakeCatalogue, FakeOrders, stored } from './fakes';
import { FakePromotions } from './promotions';

/** Keys of the people and the machines that are configured. */
export const CONSOLE_KEYS = {
  viewer: 'key-of-vera',
  operator: 'key-of-oscar',
  approver: 'key-of-anna',
  api: 'key-of-a-machine-that-operates',
  reader: 'key-of-a-machine-that-reads',
} as const;
const OPERATORS = 'Vera:key-of-vera=viewer;Oscar:key-of-oscar=operator;Anna:key-of-anna=operator+approver';
const API_KEYS: ApiKey[] = [
  { digest: digestOf(CONSOLE_KEYS.api), scopes: ['operate'] },
  { digest: digestOf(CONSOLE_KEYS.reader), scopes: ['read'] },
];
export const NOW = Date.parse('2026-01-01T00:10:00.000Z');
const OWN = { 'X-Holdfast-Console': '1', 'Sec-Fetch-Site': 'same-origin' };

export interface ConsoleHarness {
  readonly app: Express;
  readonly log: string[];
  readonly desk: FakeDesk;
  readonly orders: FakeOrders;
  readonly catalogue: FakeCatalogue;
  /** Moves the clock, in seconds. */
  later(seconds: number): void;
  /** Whoever had these keys is dismissed. */
  dismiss(): void;
  /** The operator has this key from now on, and no other. */
  readonly rekey: (key: string) => void;
  signIn(who: keyof typeof CONSOLE_KEYS): Promise<Browser>;
}

/** Calls as the console's own pages make them, with the cookie of a session. */
export interface Browser {
  readonly cookie: string;
  get(path: string): request.Test;
  post(path: string, body?: object): request.Test;
  upload(path: string, csv: string): request.Test;
}

/** The console over ports in memory, with one order, `ord_1`, that waits for WeChat. */
export async function consoleHarness(overrides: Partial<ConsoleDeps> = {}): Promise<ConsoleHarness> {
  const catalogue = new FakeCatalogue();
  const orders = new FakeOrders(catalogue, new FakeCarts(catalogue));
  const desk = new FakeDesk();
  const log: string[] = [];
  let clock = NOW;
  let staff = parseOperators(OPERATORS, false, []);
  const price = { minor: 1999, currency: 'CNY' };
  const tea = { id: 'sku_tea', productId: 'prod_tea', title: 'Tea', price, onShelf: true, unlimited: false };
  await catalogue.create({ ...tea, initialStock: 100 });
  orders.orders.set('ord_1', stored());
  const deps: ConsoleDeps = {
    ...fakePorts(catalogue),
    orders,
    desk,
    catalogue,
    identity: {
      ofKey: (key) => configuredIdentity(staff, API_KEYS).ofKey(key),
      current: (identity) => configuredIdentity(staff, API_KEYS).current(identity),
    },
    now: () => clock,
    logger: pino({ level: 'debug' }, { write: (line: string) => log.push(line) }),
    ...overrides,
  };
  const app = express().use('/console', createConsole(deps));
  const signIn = async (who: keyof typeof CONSOLE_KEYS): Promise<Browser> => {
    const answer = await request(app).post('/console/api/session').set(OWN).send({ key: CONSOLE_KEYS[who] });
    if (answer.status !== 200) throw new Error(`signing in was answered ${answer.status}: ${answer.text}`);
    return browserWith(app, cookieOf(answer));
  };
  return {
    ...{ app, log, desk, orders, catalogue, signIn },
    later: (seconds) => (clock += seconds * 1000),
    dismiss: () => (staff = []),
    rekey: (key) => (staff = parseOperators(OPERATORS.replace(CONSOLE_KEYS.operator, key), false, [])),
  };
}

export function browserWith(app: Express, cookie: string): Browser {
  const call = (test: request.Test) => test.set({ ...OWN, Cookie: cookie });
  return {
    cookie,
    get: (path) => call(request(app).get(`/console/api${path}`)),
    post: (path, body = {}) => call(request(app).post(`/console/api${path}`)).send(body),
    upload: (path, csv) =>
      call(request(app).post(`/console/api${path}`))
        .type('text/csv')
        .send(csv),
  };
}

/** `name=value` of the cookie that an answer sets. */
export function cookieOf(answer: request.Response): string {
  return ([answer.headers['set-cookie'] ?? ''].flat()[0] ?? '').split(';', 1)[0] ?? '';
}

const empty = { items: [], nextCursor: null };
const unexpected = (name: string) => () => Promise.reject(new Error(`nobody expected ${name}`));

function fakePorts(
  catalogue: FakeCatalogue,
): Omit<ConsoleDeps, 'orders' | 'desk' | 'catalogue' | 'identity' | 'now' | 'logger'> {
  return {
    reads: fakeReads(),
    process: { read: () => Promise.resolve({ t: 'silent' }) },
    outages: {
      start: unexpected('an outage'),
      stop: () => Promise.resolve(null),
      find: () => Promise.resolve(null),
      list: () => Promise.resolve(empty),
      results: () => Promise.resolve(empty),
    },
    stockImports: new FakeStockImports(catalogue),
    promotions: new FakePromotions(catalogue),
    cases: {
      list: () => Promise.resolve(empty),
      find: () => Promise.resolve(null),
      resolve: () => Promise.resolve(null),
      ignore: () => Promise.resolve(null),
      runs: () => Promise.resolve([]),
      openPerClass: () => Promise.resolve(new Map()),
    },
    reconciliation: { runNow: () => Promise.resolve({ runId: 'rec_1' }) },
    events: { unplaced: () => Promise.resolve(0) },
    cursors: { standings: () => Promise.resolve([{ subscriber: 'relay', behind: 3, oldestSeconds: 7 }]) },
    deadLetters: new FakeDeadLetters(),
    intents: { pending: () => Promise.resolve(1) },
    inbox: { pending: () => Promise.resolve(2) },
    gateways: new Map([['wechat', { refusal: () => null, state: () => 'closed', ratePerSecond: null }]]),
    newId: (kind) => `${kind.slice(0, 3)}_1`,
    settings: {
      secret: 'a secret of the tests that is long enough',
      secure: false,
      temporalUi: { url: 'http://ui.test', namespace: 'default' },
      twoPersonAboveMinor: 3000,
    },
    pages: (_request, response) => {
      response.send('<!doctype html>');
    },
  };
}

/** `ord_1` as it is inside: one attempt at WeChat, two teas reserved. */
export const INSIDE: OrderInside = {
  since: '2026-01-01T00:00:00.000Z',
  manualSince: null,
  hasPersonalData: false,
  attempts: [
    {
      id: 'pay_ord_1',
      attempt: 1,
      gateway: 'wechat',
      status: 'pending',
      merchantNo: 'pay_ord_1',
      amount: { minor: 3998, currency: 'CNY' },
      createdAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-01-01T00:30:00.000Z',
      paidAt: null,
      transactionId: null,
      gatewayRef: null,
    },
  ],
  refunds: [],
  reserved: [{ skuId: 'sku_tea', quantity: 2 }],
  restockable: [],
  promotion: null,
  points: null,
};

export function fakeReads(overrides: Partial<ConsoleDeps['reads']> = {}): ConsoleDeps['reads'] {
  return {
    orders: () => Promise.resolve(empty),
    order: (id) => Promise.resolve(id === 'ord_1' ? INSIDE : null),
    overview: () =>
      Promise.resolve({
        orders: [{ status: 'awaiting_payment', count: 1, capped: false }],
        ...{ oldestClosing: null, refundsUnderWay: 0, refundsManual: 0, heldForReview: 0 },
        ...{ manualOrders: 0, approvalsWaiting: 0 },
      }),
    skus: () => Promise.resolve({ items: ['sku_tea'], nextCursor: null }),
    ledgerSums: () => Promise.resolve({ rows: 1, available: 100, reserved: 0, sold: 0, agrees: true }),
    ledger: () => Promise.resolve(empty),
    promotionUses: () => Promise.resolve(empty),
    events: () => Promise.resolve(empty),
    deadEvents: () => Promise.resolve(new Map()),
    gatewayHealth: () => Promise.resolve({ since: '2026-01-01T00:00:00.000Z', gateways: [] }),
    ...overrides,
  };
}

/** A desk that writes down what it is asked, and says that it is done. */
export class FakeDesk {
  readonly records: OperatorActionRecord[] = [];
  readonly keys: string[] = [];

  perform({ actor, orderId, action, reason, idempotencyKey }: Parameters<ConsoleDeps['desk']['perform']>[0]) {
    this.keys.push(idempotencyKey);
    const record = recordOf(action, actor, { orderId, reason });
    this.records.push(record);
    return Promise.resolve(record);
  }

  approve({ actor, actionId }: { actor: Actor; actionId: string }) {
    return Promise.resolve({ ...this.of(actionId), state: 'done' as const, approvedBy: actor });
  }

  decline({ actor, actionId }: { actor: Actor; actionId: string }) {
    return Promise.resolve({ ...this.of(actionId), state: 'declined' as const, approvedBy: actor });
  }

  list() {
    return Promise.resolve({ items: this.records, nextCursor: null });
  }

  ofOrder(orderId: string) {
    return Promise.resolve(this.records.filter((record) => record.orderId === orderId));
  }

  private of(actionId: string): OperatorActionRecord {
    const found = this.records.find(({ id }) => id === actionId);
    if (!found) throw new Error(`the test has no action ${actionId}`);
    return found;
  }
}

export function recordOf(
  action: OperatorAction,
  requestedBy: Actor,
  change: Partial<OperatorActionRecord> = {},
): OperatorActionRecord {
  return {
    ...{ id: 'act_1', orderId: 'ord_1', action, reason: 'a buyer called', requestedBy },
    ...{ requestedAt: new Date(NOW).toISOString(), state: 'done', approvedBy: null, decidedAt: null, approveBy: null },
    result: { code: 'done', message: 'Done.' },
    ...change,
  };
}
