import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Me } from '../../../console/contract';
import { call, ME } from '../client';

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: string) => call<Me>('/session', { method: 'POST', body: { key } }),
    onSuccess: (me) => client.setQueryData(ME, me),
  });
}

/** Nothing that was seen stays in the page. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call<void>('/session', { method: 'DELETE' }),
    onSuccess: () => {
      client.setQueryData(ME, null);
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== ME[0] });
    },
  });
}
