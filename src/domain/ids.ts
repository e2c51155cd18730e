/** Prefixed, time-sortable ids: `<prefix>_<ULID>`. Catalogue ids may also be names that the shop chose (`sku_tea`). */
export const ID_PREFIXES = {
  order: 'ord',
  child: 'chd',
  payment: 'pay',
  refund: 'ref',
  sku: 'sku',
  product: 'prod',
  promotion: 'promo',
  adjustment: 'adj',
  stockImport: 'imp',
  event: 'evt',
  webhookEndpoint: 'whe',
  reconcileCase: 'case',
  reconcileRun: 'rec',
  operatorAction: 'act',
  outage: 'out',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

const ULID = '[0-7][0-9A-HJKMNP-TV-Z]{25}';
const GENERATED = new Map(
  Object.entries(ID_PREFIXES).map(([kind, prefix]) => [kind as IdKind, new RegExp(`^${prefix}_${ULID}$`)]),
);

/** Whether `id` is a generated id of that kind (prefix and ULID). */
export function isId(kind: IdKind, id: string): boolean {
  return GENERATED.get(kind)?.test(id) ?? false;
}

/** Makes a fresh id; the adapter behind it owns clock and randomness. */
export type NewId = (kind: IdKind) => string;

/** Crockford's base 32: no I, L, O, U. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * An id from a time (epoch milliseconds) and a source of randomness (numbers in [0, 1)): for workflows, whose clock and
 * randomness are replayed. Elsewhere `NewId` makes ids.
 */
export function idFrom(kind: IdKind, now: number, random: () => number): string {
  let time = '';
  for (let rest = now, digit = 0; digit < 10; digit += 1, rest = Math.floor(rest / 32))
    time = DIGITS.charAt(rest % 32) + time;
  const tail = Array.from({ length: 16 }, () => DIGITS.charAt(Math.floor(random() * 32))).join('');
  return `${ID_PREFIXES[kind]}_${time}${tail}`;
}

/** When a generated id was made, in epoch milliseconds; the inverse of `idFrom` as far as its time goes. */
export function timeOfId(id: string): number {
  const ulid = id.slice(id.lastIndexOf('_') + 1);
  return [...ulid.slice(0, 10)].reduce((time, digit) => time * 32 + DIGITS.indexOf(digit), 0);
}
