import { useSearchParams } from 'react-router';

/** What a list is narrowed by, kept in the address: it can be sent to a colleague, and "back" undoes it. */
export function useFilters(): {
  readonly get: (name: string) => string;
  readonly set: (name: string, value: string) => void;
  /** Of the page of the list that is looked at; empty for the first. */
  readonly cursor: string;
} {
  const [params, setParams] = useSearchParams();
  const get = (name: string): string => params.get(name) ?? '';
  const set = (name: string, value: string): void =>
    setParams((now) => {
      if (value === '') now.delete(name);
      else now.set(name, value);
      now.delete('cursor');
      return now;
    });
  return { get, set, cursor: get('cursor') };
}
