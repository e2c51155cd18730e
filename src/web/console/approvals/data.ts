import { type ActionView, type PageOf } from '../../../console/contract';
import { search } from '../client';
import { useLiveList } from '../data';

/** Everybody's actions, newest first; of every state where `state` is empty. */
export const useActions = (state: string, cursor: string) =>
  useLiveList<PageOf<ActionView>>(`/actions${search({ state, cursor })}`);
