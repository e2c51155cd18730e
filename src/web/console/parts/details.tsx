import { Code } from '@mantine/core';

/** Data as they were recorded, unfolded on demand. */
export function Details({ label, data }: { readonly label: string; readonly data: unknown }) {
  return (
    <details>
      <summary>{label}</summary>
      <Code block tabIndex={0} role="region" aria-label={label}>
        {JSON.stringify(data, null, 2)}
      </Code>
    </details>
  );
}
