import { Button, Group, TextInput } from '@mantine/core';
import { type SubmitEvent } from 'react';

interface SearchBoxProps {
  readonly label: string;
  readonly value: string;
  readonly onSearch: (text: string) => void;
}

/** Looks when it is told to, not at each letter: what is searched for is mostly pasted. */
export function SearchBox({ label, value, onSearch }: SearchBoxProps) {
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const text = new FormData(event.currentTarget).get('q');
    onSearch(typeof text === 'string' ? text.trim() : '');
  };
  return (
    <form role="search" onSubmit={submit}>
      <Group align="end" gap="xs" wrap="nowrap">
        <TextInput key={value} name="q" type="search" label={label} defaultValue={value} flex={1} />
        <Button type="submit">Search</Button>
      </Group>
    </form>
  );
}
