import { Text } from '@mantine/core';
import { Countdown as TimeLeft, useNow as usePageClock } from '../kit/when';
import { useSession } from './client';

/** How far the shop's clock is ahead of the browser's, in milliseconds. */
function useAhead(): number {
  return useSession().data?.clockOffsetMs ?? 0;
}

/** The shop's time in epoch milliseconds, once a second. */
export function useNow(): number {
  return usePageClock() + useAhead();
}

/** Time left until `at` by the shop's clock. */
export function Countdown({ at, label }: { at: string; label: string }) {
  return (
    <Text component="span" size="sm">
      {label}{' '}
      <Text component="span" fw={700} ff="monospace">
        <TimeLeft until={at} label={label} aheadMs={useAhead()} />
      </Text>
    </Text>
  );
}
