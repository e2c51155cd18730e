import { Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { duration, instant } from './format';

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** The clock of the page, in epoch milliseconds; a component that uses it is drawn anew each `everyMs`. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** "3 minutes ago", "in 2 hours": in the largest unit that is whole. */
export function relative(at: string, now: number, locale?: string): string {
  const seconds = Math.round((Date.parse(at) - now) / 1_000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.trunc(seconds / size), unit);
}

/** An instant, both as the distance from now and as the reader's clock shows it. */
export function When({ at }: { readonly at: string }) {
  const now = useNow(10_000);
  return (
    <time dateTime={at}>
      {relative(at, now)}{' '}
      <Text span size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
        {instant(at)}
      </Text>
    </time>
  );
}

interface CountdownProps {
  readonly until: string;
  /** Shown once it has passed. */
  readonly over?: string;
  readonly label?: string;
  /** How far the clock that counts is ahead of the page's, in milliseconds. */
  readonly aheadMs?: number;
}

/** The time left until then, each second anew. Not announced: it would never stop. */
export function Countdown({ until, over = duration(0), label, aheadMs = 0 }: CountdownProps) {
  const left = Math.ceil((Date.parse(until) - useNow() - aheadMs) / 1_000);
  const style = { fontVariantNumeric: 'tabular-nums' } as const;
  return (
    <time dateTime={until} role="timer" aria-live="off" aria-label={label} style={style}>
      {left > 0 ? duration(left) : over}
    </time>
  );
}
