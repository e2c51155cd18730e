import { Text, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { LONGEST_EXTENSION_MS } from '../../../domain/operator-action';
import { When } from '../../kit/when';
import { type FieldsProps } from './fields';

/** Half an hour more than there is. */
const USUAL_MS = 30 * 60_000;

/** What a datetime-local field holds: the reader's zone, to the second. */
function localTime(at: number): string {
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

export function ExtendFields({ page, onChange }: FieldsProps) {
  const [earliest] = useState(() => Math.max(Date.parse(page.order.payBy), Date.now()));
  const [text, setText] = useState(() => localTime(earliest + USUAL_MS));
  const at = Date.parse(text);
  const right = at > earliest && at <= Date.now() + LONGEST_EXTENSION_MS;
  useEffect(
    () => onChange(right ? { kind: 'extend', payBy: new Date(at).toISOString() } : null),
    [right, at, onChange],
  );
  return (
    <>
      <Text size="sm">
        Until now the order may be paid until <When at={page.order.payBy} />.
      </Text>
      <TextInput
        type="datetime-local"
        step={1}
        label="New end of the payment window"
        description="In your time zone, at most 24 hours from now."
        required
        value={text}
        error={right ? null : 'must be later than now and than the present end, within 24 hours'}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </>
  );
}
