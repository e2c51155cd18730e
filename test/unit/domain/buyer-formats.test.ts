import { BUYER_FORMATS, BUYER_FORMAT_NAMES, type BuyerFormatName } from '../../../src/domain/buyer-formats';
import { FORM_LIMITS, STANDARD_FIELDS } from '../../../src/domain/buyer-fields';

/** What a format takes, and what it refuses. */
const CASES: Record<BuyerFormatName, { right: string[]; wrong: string[] }> = {
  phone: {
    right: ['13800138000', '138 0013 8000', '138-0013-8000', '+8613800138000', '010-12345678', '+44 20 7946 0958'],
    wrong: [
      '',
      '12800138000',
      '1380013800',
      '138001380000',
      '+0123456789',
      '138--00138000',
      'call me',
      '１３８００１３８０００',
    ],
  },
  'cn-id-card': {
    right: ['11010519491231002X', '11010519491231002x', '440524188001010014'],
    wrong: ['110105194912310021', '11010519491331002X', '11010519490229002X', '1101051949123100', '01010519491231002X'],
  },
  email: {
    right: ['li.lei@example.com', 'a+b@mail.example.cn', "o'neil@example.co"],
    wrong: [
      '',
      'a',
      '@example.com',
      'a@',
      'a@b',
      'a@b..c',
      'a@-b.c',
      'a@b-.c',
      '.a@b.c',
      'a.@b.c',
      'a@b@c.d',
      'a b@c.d',
    ],
  },
  date: { right: ['2026-01-31', '2024-02-29'], wrong: ['2025-02-29', '2026-13-01', '2026-1-1', '20260131', ''] },
  'country-code': { right: ['CN', 'GB'], wrong: ['cn', 'CHN', '86', ''] },
  digits: { right: ['0', '0123456789'], wrong: ['', '1.5', '-1', '١'] },
  alphanumeric: { right: ['a1B2', '000000'], wrong: ['', 'a b', 'a-b', 'ä'] },
};

describe.each(BUYER_FORMAT_NAMES)('format %s', (name) => {
  const { test: fits, message } = BUYER_FORMATS[name];

  it.each(CASES[name].right)('takes %p', (text) => expect(fits(text)).toBe(true));
  it.each(CASES[name].wrong)('refuses %p', (text) => expect(fits(text)).toBe(false));
  it('says what it must be', () => expect(message).toMatch(/^must be /));
});

test('every digit of an id card counts', () => {
  const card = '11010519491231002X';
  for (let at = 0; at < 17; at += 1) {
    const digit = String((Number(card[at]) + 1) % 10);
    expect(BUYER_FORMATS['cn-id-card'].test(card.slice(0, at) + digit + card.slice(at + 1))).toBe(false);
  }
});

test('every standard field has a name that a field may have', () => {
  for (const name of Object.keys(STANDARD_FIELDS)) expect(name).toMatch(FORM_LIMITS.name);
});
