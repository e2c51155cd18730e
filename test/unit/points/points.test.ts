import fc from 'fast-check';
import { type PointsStanding, refusalOfRepeat, refusalToRefund, refusalToSpend } from '../../../src/domain/points';

const cny = (minor: number) => ({ minor, currency: 'CNY' });
const amount = fc.integer({ min: 0, max: 1_000_000 });

describe('spending', () => {
  const open = { balance: 100, price: cny(100), asked: cny(100), expired: false };

  test('takes what the balance has, to the last point and no further', () => {
    fc.assert(
      fc.property(amount, amount, (balance, price) => {
        const refusal = refusalToSpend({ ...open, balance, price: cny(price), asked: cny(price) });
        expect(refusal).toBe(price <= balance ? null : 'INSUFFICIENT_POINTS');
      }),
    );
  });

  test.each([
    ['another amount', { asked: cny(99) }, 'AMOUNT_MISMATCH'],
    ['another currency', { asked: { minor: 100, currency: 'JPY' } }, 'AMOUNT_MISMATCH'],
    ['a payment past its expiry', { expired: true }, 'PAYMENT_EXPIRED'],
  ])('refuses %s', (_what, change, code) => {
    expect(refusalToSpend({ ...open, ...change })).toBe(code);
  });
});

describe('refunding', () => {
  const spent = (minor: number, refunded: number): PointsStanding => ({
    ...{ t: 'spent', amount: cny(minor), refunded },
    spentAt: '2026-01-01T00:00:00.000Z',
  });
  const refund = (minor: number) => ({ refundNo: 'ref_1', merchantNo: 'pay_1', amount: cny(minor) });

  test('gives back no more than is left', () => {
    fc.assert(
      fc.property(amount, amount, fc.integer({ min: 1, max: 1_000_000 }), (left, refunded, minor) => {
        const code = refusalToRefund(spent(left + refunded, refunded), refund(minor));
        expect(code).toBe(minor <= left ? null : 'AMOUNT_EXCEEDS_PAID');
      }),
    );
  });

  test.each<PointsStanding>([{ t: 'open' }, { t: 'closed' }])(
    'gives nothing back of a payment that is $t',
    (standing) => {
      expect(refusalToRefund(standing, refund(1))).toBe('NOT_PAID');
    },
  );

  test('of nothing, or in another currency, is none', () => {
    expect(refusalToRefund(spent(10, 0), refund(0))).toBe('AMOUNT_MISMATCH');
    const foreign = { ...refund(1), amount: { minor: 1, currency: 'JPY' } };
    expect(refusalToRefund(spent(10, 0), foreign)).toBe('AMOUNT_MISMATCH');
  });

  test('a number stands for one refund', () => {
    expect(refusalOfRepeat(refund(1), refund(1))).toBeNull();
    expect(refusalOfRepeat(refund(1), refund(2))).toBe('AMOUNT_MISMATCH');
    expect(refusalOfRepeat(refund(1), { ...refund(1), merchantNo: 'pay_2' })).toBe('NUMBER_MISMATCH');
    expect(refusalOfRepeat(refund(1), { ...refund(1), refundNo: 'ref_2' })).toBe('NUMBER_MISMATCH');
  });
});
