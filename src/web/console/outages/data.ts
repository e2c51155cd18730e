import { type OutageResultView, type OutageView, type PageOf, type StartOutage } from '../../../console/contract';
import { search } from '../client';
import { useCommand, useLive, useLiveList } from '../data';

const pathOf = (id: string): string => `/outages/${encodeURIComponent(id)}`;

export const useOutages = (cursor: string) => useLiveList<PageOf<OutageView>>(`/outages${search({ cursor })}`);
export const useOutage = (id: string) => useLive<OutageView>(pathOf(id));
export const useResults = (id: string, cursor: string) =>
  useLiveList<PageOf<OutageResultView>>(`${pathOf(id)}/results${search({ cursor })}`);

export const useStartOutage = () =>
  useCommand<StartOutage, OutageView>(
    () => '/outages',
    (body) => ({ body }),
  );

export const useStopOutage = (id: string) =>
  useCommand<void, OutageView>(
    () => `${pathOf(id)}/stop`,
    () => ({ body: {} }),
    ({ state }) => `Outage mode is ${state}.`,
  );
