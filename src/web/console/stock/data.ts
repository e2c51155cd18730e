import {
  type AdjustStock,
  type LedgerRow,
  type PageOf,
  type SkuPage,
  type SkuRow,
  type StockImportAnswer,
  type StockImportMode,
} from '../../../console/contract';
import { search } from '../client';
import { useCommand, useLive, useLiveList } from '../data';

const pathOf = (id: string): string => `/skus/${encodeURIComponent(id)}`;

export const useSkus = (q: string, cursor: string) => useLiveList<PageOf<SkuRow>>(`/skus${search({ q, cursor })}`);
export const useSku = (id: string) => useLive<SkuPage>(pathOf(id));
export const useLedger = (id: string, cursor: string) =>
  useLiveList<PageOf<LedgerRow>>(`${pathOf(id)}/ledger${search({ cursor })}`);

export const useAdjust = (id: string) =>
  useCommand<AdjustStock, SkuRow>(
    () => `${pathOf(id)}/adjustments`,
    (body) => ({ body }),
    ({ stock }) => `${id} is adjusted: ${stock.available} available.`,
  );

interface ImportFile {
  readonly mode: StockImportMode;
  readonly csv: string;
}

export const useImport = () =>
  useCommand<ImportFile, StockImportAnswer>(
    ({ mode }) => `/stock-imports${search({ mode })}`,
    ({ csv }) => ({ text: csv, type: 'text/csv' }),
  );
