import { Button, Group } from '@mantine/core';
import { useSearchParams } from 'react-router';

/** Keyset paging in the address: each page has its own, and the browser's "back" goes to the newer one. */
export function Older({ next, label = 'Older' }: { readonly next: string | null; readonly label?: string }) {
  const [params, setParams] = useSearchParams();
  const go = (cursor: string | null): void =>
    setParams((now) => {
      if (cursor === null) now.delete('cursor');
      else now.set('cursor', cursor);
      return now;
    });
  return (
    <Group>
      {params.has('cursor') && (
        <Button variant="default" onClick={() => go(null)}>
          First page
        </Button>
      )}
      {next !== null && (
        <Button variant="default" onClick={() => go(next)}>
          {label}
        </Button>
      )}
    </Group>
  );
}
