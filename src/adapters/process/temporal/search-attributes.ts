import { type OperatorService } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { ORDER_PAY_BY, ORDER_STATUS } from '../../../../workflows/order/contract';

const { INDEXED_VALUE_TYPE_KEYWORD, INDEXED_VALUE_TYPE_DATETIME } = temporal.api.enums.v1.IndexedValueType;
const KINDS = { Keyword: INDEXED_VALUE_TYPE_KEYWORD, Datetime: INDEXED_VALUE_TYPE_DATETIME } as const;

/** Names with their kind, as the CLI's `--search-attribute` takes them too. */
export type SearchAttributes = Readonly<Record<string, keyof typeof KINDS>>;

/** Search attributes that order workflows set. */
export const SEARCH_ATTRIBUTES: SearchAttributes = {
  [ORDER_STATUS.name]: 'Keyword',
  [ORDER_PAY_BY.name]: 'Datetime',
};

/** Registers those that the namespace lacks, and answers their names. Rejects where the server can't or won't. */
export async function addMissingSearchAttributes(
  { operatorService }: { readonly operatorService: OperatorService },
  namespace: string,
  wanted: SearchAttributes,
): Promise<string[]> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(wanted).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return [];
  const searchAttributes = Object.fromEntries(missing.map(([name, kind]) => [name, KINDS[kind]]));
  await operatorService.addSearchAttributes({ namespace, searchAttributes });
  return Object.keys(searchAttributes);
}
