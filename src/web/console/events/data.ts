import { type DeadLettersView, type EventView, type PageOf, type Replayed } from '../../../console/contract';
import { search } from '../client';
import { useCommand, useLive, useLiveList } from '../data';

export const useEvents = (filter: { readonly orderId: string; readonly type: string; readonly cursor: string }) =>
  useLiveList<PageOf<EventView>>(`/events${search(filter)}`);

export const useDeadLetters = () => useLive<DeadLettersView>('/dead-letters');

export const useReplay = (consumer: string) =>
  useCommand<void, Replayed>(
    () => `/dead-letters/${encodeURIComponent(consumer)}/replay`,
    () => ({ body: {} }),
    ({ replayed }) => `${replayed} handed to ${consumer} once more.`,
  );
