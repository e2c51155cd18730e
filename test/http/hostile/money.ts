import { type ErrorCode } from '../../../src/domain/errors';
import { type RawRequest } from '../support/raw-request';
import { bearer, type HostileContext, type HostileRequest, JSON_TYPE } from './request';

type Scope = keyof HostileContext['keys'];
interface Given {
  readonly body?: string | object;
  readonly id?: string;
  readonly scope?: Scope;
  readonly headers?: RawRequest['headers'];
}

const textOf = (body: string | object): string => (typeof body === 'string' ? body : JSON.stringify(body));

/** A switch to WeChat Pay of an order that is not there, right but for what is given. */
const switching =
  ({ body = { gateway: 'wechat' }, id = 'ord_nothing', scope = 'orders' }: Given) =>
  ({ keys }: HostileContext): RawRequest => ({
    method: 'POST',
    path: `/v1/orders/${id}/payments`,
    headers: { ...bearer(keys[scope]), ...JSON_TYPE },
    body: textOf(body),
  });

/** A refund of an order that is not there, right but for what is given. */
const refunding =
  ({ body = { reason: 'faulty' }, id = 'ord_nothing', scope = 'orders', headers }: Given) =>
  ({ keys, run }: HostileContext): RawRequest => ({
    method: 'POST',
    path: `/v1/orders/${id}/refunds`,
    headers: { ...bearer(keys[scope]), ...JSON_TYPE, ...(headers ?? { 'Idempotency-Key': `refund-${run}` }) },
    body: textOf(body),
  });

function refused(name: string, build: HostileRequest['build'], status: number, code: ErrorCode): HostileRequest {
  return { name, build, status, code };
}

const wrong =
  (what: string, build: (given: Given) => HostileRequest['build']) =>
  (name: string, body: string | object, ...paths: string[]): HostileRequest => ({
    ...refused(`${what}: ${name}`, build({ body }), 422, 'validation_failed'),
    paths,
  });
const wrongSwitch = wrong('a switch', switching);
const wrongRefund = wrong('a refund', refunding);
const amount = (value: unknown) => ({ reason: 'faulty', amount: value });

const switches: HostileRequest[] = [
  wrongSwitch('no gateway', {}, 'gateway'),
  wrongSwitch('a gateway that is null', { gateway: null }, 'gateway'),
  wrongSwitch('a gateway that nobody knows', { gateway: 'cash' }, 'gateway'),
  wrongSwitch('a gateway in another case', { gateway: 'WeChat' }, 'gateway'),
  wrongSwitch('two gateways', { gateway: ['wechat', 'alipay'] }, 'gateway'),
  wrongSwitch('a gateway named __proto__', { gateway: '__proto__' }, 'gateway'),
  wrongSwitch('a price of the buyer’s own', { gateway: 'wechat', amount: { minor: 1, currency: 'CNY' } }, 'amount'),
  wrongSwitch('a state of the buyer’s own', { gateway: 'wechat', status: 'paid' }, 'status'),
  wrongSwitch('__proto__ in the body', '{"gateway":"wechat","__proto__":{"gateway":"cash"}}', '__proto__'),
  wrongSwitch('a list', '["wechat"]'),
  refused('a switch without a body', switching({ body: '' }), 400, 'malformed_json'),
  refused('a switch cut short', switching({ body: '{"gateway":"wech' }), 400, 'malformed_json'),
  refused('a switch of what is not there', switching({}), 404, 'order_not_found'),
  refused('a switch of SQL', switching({ id: "'%20OR%201=1--" }), 404, 'order_not_found'),
  refused('a switch of another’s payment by path', switching({ id: '..%2fpay_1' }), 404, 'order_not_found'),
  refused('a switch with a key that only reads', switching({ scope: 'read' }), 403, 'forbidden'),
  refused('a switch by an operator', switching({ scope: 'operate' }), 403, 'forbidden'),
];

const refundBodies: HostileRequest[] = [
  wrongRefund('of nothing', amount(0), 'amount'),
  wrongRefund('of less than nothing', amount(-1), 'amount'),
  wrongRefund('of a fraction', amount(0.5), 'amount'),
  wrongRefund('beyond what can be charged', amount(1e12), 'amount'),
  wrongRefund('beyond 2^53', amount(2 ** 60), 'amount'),
  wrongRefund('of 1e400', '{"reason":"faulty","amount":1e400}', 'amount'),
  wrongRefund('of a numeric string', amount('1000'), 'amount'),
  wrongRefund('of null', amount(null), 'amount'),
  wrongRefund('of true', amount(true), 'amount'),
  wrongRefund('of a list', amount([1000]), 'amount'),
  wrongRefund('money of nothing', amount({ minor: 0, currency: 'CNY' }), 'amount.minor'),
  wrongRefund('money of less than nothing', amount({ minor: -1000, currency: 'CNY' }), 'amount.minor'),
  wrongRefund('money in fractions', amount({ minor: 9.99, currency: 'CNY' }), 'amount.minor'),
  wrongRefund('money without a currency', amount({ minor: 1 }), 'amount.currency'),
  wrongRefund('money in lower case', amount({ minor: 1, currency: 'cny' }), 'amount.currency'),
  wrongRefund('money with more to it', amount({ minor: 1, currency: 'CNY', to: 'me' }), 'amount.to'),
  wrongRefund('without a reason', {}, 'reason'),
  wrongRefund('an empty reason', { reason: '' }, 'reason'),
  wrongRefund('a blank reason', { reason: ' \u3000 ' }, 'reason'),
  wrongRefund('a reason of 81 characters', { reason: 'r'.repeat(81) }, 'reason'),
  wrongRefund('NUL in the reason', { reason: 'a\u0000b' }, 'reason'),
  wrongRefund('a line break in the reason', { reason: 'a\r\nb' }, 'reason'),
  wrongRefund('an unpaired surrogate in the reason', { reason: 'a\ud800' }, 'reason'),
  wrongRefund('restock as a string', { reason: 'faulty', restock: 'false' }, 'restock'),
  wrongRefund('restock as a number', { reason: 'faulty', restock: 1 }, 'restock'),
  wrongRefund('restock of more than was sold', { reason: 'faulty', restock: { sku_tea: 1000 } }, 'restock'),
  wrongRefund(
    'to somebody else',
    { reason: 'faulty', transactionId: 'tx_2', gateway: 'alipay' },
    'transactionId',
    'gateway',
  ),
  wrongRefund('settled already', { reason: 'faulty', status: 'succeeded', id: 'ref_1' }, 'status', 'id'),
  wrongRefund('__proto__ in the body', '{"reason":"faulty","__proto__":{"amount":1}}', '__proto__'),
  wrongRefund('a list', '[]'),
  refused('a refund without a body', refunding({ body: '' }), 400, 'malformed_json'),
];

const keyed = (name: string, headers: RawRequest['headers'], code: ErrorCode): HostileRequest =>
  refused(name, refunding({ headers }), 400, code);

const refundAccess: HostileRequest[] = [
  keyed('a refund without an idempotency key', {}, 'idempotency_key_required'),
  keyed('a refund with an empty idempotency key', { 'Idempotency-Key': '' }, 'invalid_idempotency_key'),
  keyed('a refund with two idempotency keys', { 'Idempotency-Key': ['a', 'b'] }, 'invalid_idempotency_key'),
  keyed('a refund with a tab in its key', { 'Idempotency-Key': 'a\tb' }, 'invalid_idempotency_key'),
  refused('a refund of what is not there', refunding({}), 404, 'order_not_found'),
  refused('a refund of SQL', refunding({ id: "'%20OR%201=1--" }), 404, 'order_not_found'),
  refused('a refund of NUL', refunding({ id: 'ord_%00' }), 404, 'order_not_found'),
  refused('a refund with a key that only reads', refunding({ scope: 'read' }), 403, 'forbidden'),
  refused('a refund with the catalogue’s key', refunding({ scope: 'catalog' }), 403, 'forbidden'),
  {
    name: 'reading refunds, which the order shows',
    build: ({ keys }) => ({ method: 'GET', path: '/v1/orders/ord_nothing/refunds', headers: bearer(keys.orders) }),
    status: 405,
    code: 'method_not_allowed',
  },
];

/** Switches of the gateway and refunds that cannot be. */
export const HOSTILE_MONEY: readonly HostileRequest[] = [...switches, ...refundBodies, ...refundAccess];
