import {
  ABSENT_SKEW_MARGIN_MS,
  type CloseOutcome,
  expiryOf,
  faultOfChoice,
  GATEWAYS,
  PAYMENT_METHODS,
  provesUnpayable,
} from '../../../src/domain/payment';

const UNTIL = '2026-01-01T00:30:00.000Z';
const untilMs = Date.parse(UNTIL);
/** Long after anything could be paid. */
const FAR = untilMs + 365 * 86_400_000;
const paid = { transactionId: '4200', amount: { minor: 1, currency: 'CNY' }, paidAt: UNTIL };

describe('provesUnpayable', () => {
  test.each(['ack', 'query'] as const)('a close proved by %s does, at any time', (proof) => {
    expect(provesUnpayable({ t: 'closed', proof }, 0)).toBe(true);
  });

  test.each<[string, CloseOutcome]>([
    ['paid', { t: 'paid', paid }],
    ['paying', { t: 'paying', retryAfterMs: 0 }],
    ['unknown', { t: 'unknown', cause: 'timeout', retryAfterMs: 0 }],
    ['rejected', { t: 'rejected', code: 'SIGN_ERROR' }],
    ['absent without an end', { t: 'absent', payableUntil: null }],
    ['absent with an end that is no time', { t: 'absent', payableUntil: 'soon' }],
  ])('%s never does, however late it is', (_what, outcome) => {
    expect(provesUnpayable(outcome, FAR)).toBe(false);
  });

  test('absent does from the first millisecond past its end and the margin of the clocks', () => {
    const absent: CloseOutcome = { t: 'absent', payableUntil: UNTIL };
    expect(provesUnpayable(absent, untilMs)).toBe(false);
    expect(provesUnpayable(absent, untilMs + ABSENT_SKEW_MARGIN_MS)).toBe(false);
    expect(provesUnpayable(absent, untilMs + ABSENT_SKEW_MARGIN_MS + 1)).toBe(true);
  });

  test('the margin covers clocks half a minute apart', () => {
    expect(ABSENT_SKEW_MARGIN_MS).toBe(30_000);
  });
});

describe('expiryOf', () => {
  const created = Date.parse('2026-01-01T00:00:00.000Z');
  // What the provider grants at least, and a margin for a create that is repeated.
  const shortest = { wechat: 120, alipay: 120, stripe: 2100, points: 0 };

  test.each(GATEWAYS)('of %s is the end of the window where the gateway grants that much', (gateway) => {
    const payBy = created + 2 * 3_600_000;
    expect(expiryOf(gateway, created, payBy)).toBe(new Date(payBy).toISOString());
    const exact = created + shortest[gateway] * 1000;
    expect(expiryOf(gateway, created, exact)).toBe(new Date(exact).toISOString());
  });

  test.each(GATEWAYS)('of %s is never sooner than the shortest life it grants', (gateway) => {
    const least = created + shortest[gateway] * 1000;
    expect(expiryOf(gateway, created, least - 1)).toBe(new Date(least).toISOString());
  });

  test('is RFC 3339 in UTC', () => {
    expect(expiryOf('wechat', created, created + 1_800_000)).toBe(UNTIL);
  });
});

describe('faultOfChoice', () => {
  test('a method belongs to one gateway, and only jsapi has a payer', () => {
    const sound = GATEWAYS.flatMap((gateway) =>
      PAYMENT_METHODS.flatMap((method) =>
        [null, 'oPayer'].flatMap((payerId) =>
          faultOfChoice(gateway, { method, payerId }) === null ? [`${gateway} ${method} ${payerId}`] : [],
        ),
      ),
    );
    expect(sound).toEqual(['wechat native null', 'wechat jsapi oPayer', 'alipay qr null', 'alipay page null']);
  });

  test.each([
    ['stripe', 'page', null, 'method', 'must be left out at stripe'],
    ['alipay', 'jsapi', 'oPayer', 'method', 'must be one of qr, page at alipay'],
    ['wechat', 'jsapi', null, 'payerId', 'is needed by jsapi'],
    ['wechat', 'native', 'oPayer', 'payerId', 'means nothing to native'],
  ] as const)('at %s, %s with payer %s: %s %s', (gateway, method, payerId, field, message) => {
    expect(faultOfChoice(gateway, { method, payerId })).toEqual({ field, message });
  });
});
