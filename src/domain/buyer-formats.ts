/** A string format that a field may name. `message` completes "must be …" and never repeats the value. */
export interface BuyerFormat {
  readonly message: string;
  readonly test: (text: string) => boolean;
}

/**
 * Formats of buyers' fields. Every check takes a time linear in the text's length, which is why declarations have formats
 * and no `pattern`: a shop's own regular expression could be one that a buyer makes run for hours.
 */
export const BUYER_FORMATS = {
  phone: { message: 'must be a phone number: a Chinese mobile or landline, or + and the country code', test: isPhone },
  'cn-id-card': { message: 'must be an 18-digit Chinese id card number whose check digit is right', test: isIdCard },
  email: { message: 'must be an e-mail address', test: isEmail },
  date: { message: 'must be a date as in 2026-01-31', test: isDate },
  'country-code': { message: 'must be a country as two capitals (ISO 3166)', test: (text) => /^[A-Z]{2}$/.test(text) },
  digits: { message: 'must be digits only', test: (text) => /^\d+$/.test(text) },
  alphanumeric: { message: 'must be letters and digits only', test: (text) => /^[A-Za-z0-9]+$/.test(text) },
} as const satisfies Record<string, BuyerFormat>;

export type BuyerFormatName = keyof typeof BUYER_FORMATS;

export const BUYER_FORMAT_NAMES = Object.keys(BUYER_FORMATS) as BuyerFormatName[];

/** Mainland mobile, mainland landline with its area code, or E.164; blanks and hyphens between digits don't count. */
function isPhone(text: string): boolean {
  const number = text.replace(/(?<=\d)[ -](?=\d)/g, '');
  return /^(1[3-9]\d{9}|0\d{9,11}|\+[1-9]\d{6,14})$/.test(number);
}

/** GB 11643: the weights of the first 17 digits, and the check digit for each remainder by 11. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_DIGITS = '10X98765432';

function isIdCard(text: string): boolean {
  const parts = /^[1-9]\d{5}((?:18|19|20)\d\d)(\d\d)(\d\d)\d{3}[\dXx]$/.exec(text);
  if (!parts || !isDate(parts.slice(1, 4).join('-'))) return false;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(text[index]), 0);
  return CHECK_DIGITS[sum % 11] === text[17]?.toUpperCase();
}

/** Addresses that shops' mail servers accept; quoted local parts and addresses by number are not among them. */
function isEmail(text: string): boolean {
  const [local = '', domain = '', ...more] = text.split('@');
  if (more.length > 0 || local.length > 64 || domain.length > 253) return false;
  const labels = domain.split('.');
  return (
    local.split('.').every((atom) => /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+$/.test(atom)) &&
    labels.length > 1 &&
    labels.every((label) => /^[A-Za-z0-9-]{1,63}$/.test(label) && !label.startsWith('-') && !label.endsWith('-'))
  );
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}
