import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useRef } from 'react';
import { type Me } from '../../console/contract';
import { ApiError, passes } from '../kit/api';
import { tell } from '../kit/tell';
import { call, ME, newKey } from './client';

/** How often what is on the screen is asked for again, in milliseconds. */
const LIVE_MS = 4_000;

/** Who is signed in; null where nobody is. */
export function useMe() {
  return useQuery({
    queryKey: ME,
    queryFn: () => call<Me>(ME[0] ?? '').catch(nobody),
    staleTime: 60_000,
  });
}

function nobody(error: unknown): null {
  if (error instanceof ApiError && error.status === 401) return null;
  throw error;
}

export const Session = createContext<Me | null>(null);

/** Who is signed in, on a page that only they see. */
export function useSession(): Me {
  const me = useContext(Session);
  if (!me) throw new Error('nobody is signed in');
  return me;
}

/** An answer that is kept up to date while it is looked at. */
export function useLive<T>(path: string) {
  return useQuery({ queryKey: [path], queryFn: () => call<T>(path), refetchInterval: LIVE_MS });
}

/** The same for a list: its rows stay until those of the next filter or page are there. */
export function useLiveList<T>(path: string) {
  return useQuery({
    queryKey: [path],
    queryFn: () => call<T>(path),
    refetchInterval: LIVE_MS,
    placeholderData: keepPreviousData,
  });
}

/** The body of a command: JSON, or text of that type. */
type Content = { readonly body: unknown } | { readonly text: string; readonly type: string };

/**
 * Sends commands. One that nobody answered, or that is under way still, goes out under the same key when it is sent again,
 * so it is done once; whatever it came to, everything on the screen is asked for anew. `outcome` is what is told of a
 * success, by then the form may be gone from the screen.
 */
export function useCommand<Input, Output>(
  path: (input: Input) => string,
  content: (input: Input) => Content,
  outcome?: (answer: Output) => string,
) {
  const client = useQueryClient();
  const unanswered = useRef<{ readonly what: string; readonly key: string } | null>(null);
  return useMutation({
    mutationFn: async (input: Input) => {
      const what = JSON.stringify([path(input), content(input)]);
      const { key } = unanswered.current?.what === what ? unanswered.current : { key: newKey() };
      unanswered.current = { what, key };
      return call<Output>(path(input), { method: 'POST', ...request(content(input), key) });
    },
    onSuccess: (answer) => outcome && tell(outcome(answer)),
    onSettled: (_answer, error) => {
      if (!passes(error)) unanswered.current = null;
      return client.invalidateQueries();
    },
  });
}

function request(content: Content, key: string) {
  const headers = { 'Idempotency-Key': key };
  if ('body' in content) return { body: content.body, headers };
  return { text: content.text, headers: { ...headers, 'Content-Type': content.type } };
}
