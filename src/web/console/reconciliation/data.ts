import { type CaseNote, type CaseView, type PageOf, type RunView, type RunStarted } from '../../../console/contract';
import { search } from '../client';
import { useCommand, useLive, useLiveList } from '../data';

const CASES = '/reconciliation/cases';
const RUNS = '/reconciliation/runs';

export const useCases = (filter: { readonly state: string; readonly class: string; readonly cursor: string }) =>
  useLiveList<PageOf<CaseView>>(`${CASES}${search(filter)}`);
export const useCase = (id: string) => useLive<CaseView>(`${CASES}/${encodeURIComponent(id)}`);
export const useRuns = () => useLive<Pick<PageOf<RunView>, 'items'>>(RUNS);

export type Verdict = 'resolve' | 'ignore';
export const useSettle = (id: string, verdict: Verdict) =>
  useCommand<CaseNote, CaseView>(
    () => `${CASES}/${encodeURIComponent(id)}/${verdict}`,
    (body) => ({ body }),
    ({ state }) => `The case is ${state}.`,
  );

export const useRunNow = () =>
  useCommand<void, RunStarted>(
    () => RUNS,
    () => ({ body: {} }),
  );
