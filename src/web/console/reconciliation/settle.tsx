import { Text } from '@mantine/core';
import { Confirm } from '../parts/confirm';
import { useSettle, type Verdict } from './data';

const WORDS: Readonly<Record<Verdict, readonly [string, string]>> = {
  resolve: ['Resolve', 'You have dealt with it. It opens anew only if something else is found of the same.'],
  ignore: ['Ignore', 'It is meant to be so, and is never opened again.'],
};

interface SettleProps {
  readonly id: string;
  readonly verdict: Verdict;
  readonly onClose: () => void;
}

export function Settle({ id, verdict, onClose }: SettleProps) {
  const settle = useSettle(id, verdict);
  const [name, meaning] = WORDS[verdict];
  return (
    <Confirm
      title={`${name} ${id}`}
      submit={name}
      reasonLabel="What was done"
      pending={settle.isPending}
      error={settle.error}
      onSubmit={(note) => settle.mutate({ note }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Text size="sm">{meaning}</Text>
    </Confirm>
  );
}
