/** Prefixed, time-sortable ids: `<prefix>_<ULID>`. Catalogue ids may also be names that the shop chose (`sku_tea`). */
export const ID_PREFIXES = {
  order: 'ord',
  child: 'chd',
  payment: 'pay',
  sku: 'sku',
  product: 'prod',
  adjustment: 'adj',
  event: 'evt',
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
