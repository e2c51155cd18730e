import { DRAFT_LIMITS, parseDraft } from '../../../src/domain/draft';
import { HoldfastError } from '../../../src/domain/errors';
import { GATEWAYS } from '../../../src/domain/payment';

const BOUNDS = { defaultSeconds: 1800, minSeconds: 60, maxSeconds: 86_400 };
const good = { buyerId: 'buyer_1', lines: [{ skuId: 'sku_tea', quantity: 2 }] };
const LONGEST_ID = 'a'.repeat(128);
/** JSON whose conversion to text or a number throws a TypeError. */
const HOSTILE: unknown = JSON.parse('{"toString":1,"valueOf":1}');

/** The paths that `input` is refused for; none when it is taken. */
function faultsOf(input: unknown): string[] {
  try {
    parseDraft(input, BOUNDS);
    return [];
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'validation_failed') throw error;
    const errors = error.context.errors ?? [];
    for (const { path, message } of errors) expect(error.detail).toContain(`${path}: ${message}`);
    return errors.map(({ path }) => path);
  }
}

const line = (change: object) => ({ ...good, lines: [{ skuId: 'sku_tea', quantity: 1, ...change }] });
const lines = (count: number) => ({ ...good, lines: Array.from({ length: count }, () => good.lines[0]) });

describe('parseDraft', () => {
  test('fills in what was left out', () => {
    expect(parseDraft(good, BOUNDS)).toEqual({
      ...good,
      payWith: null,
      paymentWindowSeconds: 1800,
      storeId: null,
      referrerId: null,
      promotionId: null,
    });
  });

  test('takes all that may be given, and nothing else', () => {
    const who = { storeId: 'store:1', referrerId: 'b.9', promotionId: 'promo_1' };
    const full = { ...good, payWith: 'wechat', paymentWindowSeconds: 90, ...who };
    expect(parseDraft({ ...full, amount: 1, status: 'paid' }, BOUNDS)).toEqual(full);
    const nothing = { payWith: null, paymentWindowSeconds: null, storeId: null, referrerId: null };
    expect(parseDraft({ ...good, ...nothing }, BOUNDS)).toEqual(parseDraft(good, BOUNDS));
  });

  test('keeps lines as they were asked: their order, and a SKU named twice', () => {
    const asked = [
      { skuId: 'b', quantity: 1 },
      { skuId: 'a', quantity: 2 },
      { skuId: 'b', quantity: 3 },
    ];
    expect(parseDraft({ ...good, lines: asked }, BOUNDS).lines).toEqual(asked);
  });

  test.each<[string, unknown]>([
    ['the most lines', lines(DRAFT_LIMITS.lines)],
    ['the largest quantity', line({ quantity: DRAFT_LIMITS.quantity })],
    ['the smallest quantity', line({ quantity: 1 })],
    ['the longest ids', { ...line({ skuId: LONGEST_ID }), buyerId: LONGEST_ID, storeId: LONGEST_ID }],
    ['every sign an id may have', line({ skuId: '0_.:-Z' })],
    ['the shortest window', { ...good, paymentWindowSeconds: BOUNDS.minSeconds }],
    ['the longest window', { ...good, paymentWindowSeconds: BOUNDS.maxSeconds }],
    ...GATEWAYS.map((name): [string, unknown] => [name, { ...good, payWith: name }]),
  ])('takes %s', (_what, input) => {
    expect(faultsOf(input)).toEqual([]);
  });

  test.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['buyerId', 'lines']],
    ['null', null, ['buyerId', 'lines']],
    ['text', 'order', ['buyerId', 'lines']],
    ['a list', [good], ['buyerId', 'lines']],
    ['an empty buyer', { ...good, buyerId: '' }, ['buyerId']],
    ['a buyer that is a number', { ...good, buyerId: 7 }, ['buyerId']],
    ['a buyer one sign too long', { ...good, buyerId: `${LONGEST_ID}a` }, ['buyerId']],
    ['a buyer that begins with a sign', { ...good, buyerId: '_b' }, ['buyerId']],
    ['a buyer with a space', { ...good, buyerId: 'b 1' }, ['buyerId']],
    ['a buyer with a line end', { ...good, buyerId: 'b1\n' }, ['buyerId']],
    ['no lines', { ...good, lines: [] }, ['lines']],
    ['lines that are no list', { ...good, lines: { 0: good.lines[0], length: 1 } }, ['lines']],
    ['one line too many', lines(DRAFT_LIMITS.lines + 1), ['lines']],
    ['a line that is no object', { ...good, lines: [null] }, ['lines.0.skuId', 'lines.0.quantity']],
    ['a SKU that is no text', line({ skuId: 1 }), ['lines.0.skuId']],
    ['a SKU that cannot become text', line({ skuId: HOSTILE }), ['lines.0.skuId']],
    ['a SKU that is no id', line({ skuId: "tea'--" }), ['lines.0.skuId']],
    ['a quantity of none', line({ quantity: 0 }), ['lines.0.quantity']],
    ['a quantity below none', line({ quantity: -1 }), ['lines.0.quantity']],
    ['a part of a unit', line({ quantity: 1.5 }), ['lines.0.quantity']],
    ['a quantity that is text', line({ quantity: '1' }), ['lines.0.quantity']],
    ['a quantity that cannot become a number', line({ quantity: HOSTILE }), ['lines.0.quantity']],
    ['one unit too many', line({ quantity: DRAFT_LIMITS.quantity + 1 }), ['lines.0.quantity']],
    ['a gateway nobody knows', { ...good, payWith: 'cash' }, ['payWith']],
    ['a gateway that is no text', { ...good, payWith: ['wechat'] }, ['payWith']],
    ['a window too short', { ...good, paymentWindowSeconds: BOUNDS.minSeconds - 1 }, ['paymentWindowSeconds']],
    ['a window too long', { ...good, paymentWindowSeconds: BOUNDS.maxSeconds + 1 }, ['paymentWindowSeconds']],
    ['part of a second', { ...good, paymentWindowSeconds: 60.5 }, ['paymentWindowSeconds']],
    ['a window that is text', { ...good, paymentWindowSeconds: '60' }, ['paymentWindowSeconds']],
    ['a store that is no id', { ...good, storeId: '' }, ['storeId']],
    ['a referrer that is no id', { ...good, referrerId: {} }, ['referrerId']],
  ])('refuses %s', (_what, input, paths) => {
    expect(faultsOf(input)).toEqual(paths);
  });

  test('names every fault at once', () => {
    const wrong = {
      buyerId: 1,
      lines: [{ skuId: 'a', quantity: 1 }, { skuId: 'b' }, { quantity: 1 }],
      payWith: 'cash',
      paymentWindowSeconds: 1,
      storeId: '?',
      referrerId: '?',
    };
    expect(faultsOf(wrong).sort()).toEqual([
      'buyerId',
      'lines.1.quantity',
      'lines.2.skuId',
      'payWith',
      'paymentWindowSeconds',
      'referrerId',
      'storeId',
    ]);
  });
});
