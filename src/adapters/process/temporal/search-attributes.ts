import { type OperatorService } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { ORDER_CLOSING_SINCE, ORDER_MANUAL, ORDER_PAY_BY, ORDER_STATUS } from '../../../../workflows/order/contract';

const { INDEXED_VALUE_TYPE_KEYWORD, INDEXED_VALUE_TYPE_DATETIME, INDEXED_VALUE_TYPE_BOOL } =
  temporal.api.enums.v1.IndexedValueType;
const KINDS = {
  Keyword: INDEXED_VALUE_TYPE_KEYWORD,
  Datetime: INDEXED_VALUE_TYPE_DATETIME,
  Bool: INDEXED_VALUE_TYPE_BOOL,
} as const;

/** Names with their kind, as the CLI's `--search-attribute` takes them too. */
export type SearchAttributes = Readonly<Record<string, keyof typeof KINDS>>;

/** Search attributes that order workflows set. */
export const SEARCH_ATTRIBUTES: SearchAttributes = {
  [ORDER_STATUS.name]: 'Keyword',
  [ORDER_PAY_BY.name]: 'Datetime',
  [ORDER_CLOSING_SINCE.name]: 'Datetime',
  [ORDER_MANUAL.name]: 'Bool',
};

/** A connection, as far as its search attributes go. */
export interface Operated {
  readonly operatorService: Pick<OperatorService, 'listSearchAttributes' | 'addSearchAttributes'>;
}

/** Those that the namespace lacks. Rejects where the server can't or won't say. */
export async function missingSearchAttributes(
  { operatorService }: Operated,
  namespace: string,
  wanted: SearchAttributes,
): Promise<SearchAttributes> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => !(name in customAttributes)));
}

/** Rejects where the server can't or won't. */
export async function addSearchAttributes(
  { operatorService }: Operated,
  namespace: string,
  wanted: SearchAttributes,
): Promise<void> {
  const searchAttributes = Object.fromEntries(Object.entries(wanted).map(([name, kind]) => [name, KINDS[kind]]));
  await operatorService.addSearchAttributes({ namespace, searchAttributes });
}

/** Registers those that the namespace lacks, and answers their names. Rejects where the server can't or won't. */
export async function addMissingSearchAttributes(
  server: Operated,
  namespace: string,
  wanted: SearchAttributes,
): Promise<string[]> {
  const missing = await missingSearchAttributes(server, namespace, wanted);
  const names = Object.keys(missing);
  if (names.length > 0) await addSearchAttributes(server, namespace, missing);
  return names;
}
