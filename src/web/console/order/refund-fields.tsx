import { Checkbox, NumberInput, Radio, Stack } from '@mantine/core';
import { useEffect, useState } from 'react';
import { decimalsOf, minorUnits, money } from '../../kit/format';
import { type FieldsProps } from './fields';

export function RefundFields({ page, onChange }: FieldsProps) {
  const { minor: most, currency } = page.order.refundable;
  const [part, setPart] = useState(false);
  const [amount, setAmount] = useState<number | string>('');
  const [restock, setRestock] = useState(false);
  const minor = typeof amount === 'number' ? minorUnits(amount, currency) : 0;
  const right = !part || (minor > 0 && minor <= most);
  useEffect(
    () => onChange(right ? { kind: 'refund', amount: part ? { minor, currency } : null, restock } : null),
    [right, part, minor, currency, restock, onChange],
  );
  return (
    <>
      <Radio.Group label="Amount" value={part ? 'part' : 'all'} onChange={(value) => setPart(value === 'part')}>
        <Stack gap="xs" mt="xs">
          <Radio value="all" label={`All that is left: ${money({ minor: most, currency })}`} />
          <Radio value="part" label="A part of it" />
        </Stack>
      </Radio.Group>
      {part && (
        <NumberInput
          label={`Amount in ${currency}`}
          required
          min={0}
          decimalScale={decimalsOf(currency)}
          hideControls
          value={amount}
          onChange={setAmount}
          error={
            right || amount === '' ? null : `must be more than nothing and at most ${money({ minor: most, currency })}`
          }
        />
      )}
      <Checkbox
        label="Put the units back on sale"
        checked={restock}
        onChange={(event) => setRestock(event.currentTarget.checked)}
      />
    </>
  );
}
