import { NumberInput, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { type FieldsProps } from './fields';

/** How many of the sold units of each SKU go back on sale. */
export function RestockFields({ page, onChange }: FieldsProps) {
  const [restockable] = useState(page.restockable);
  const [units, setUnits] = useState<Readonly<Record<string, number>>>({});
  useEffect(() => {
    const lines = restockable
      .map(({ skuId }) => ({ skuId, quantity: units[skuId] ?? 0 }))
      .filter(({ quantity }) => quantity > 0);
    onChange(lines.length > 0 ? { kind: 'restock', lines } : null);
  }, [restockable, units, onChange]);
  return (
    <>
      <Text size="sm">Units that came back, and may be sold again.</Text>
      {restockable.map(({ skuId, title, quantity }) => (
        <NumberInput
          key={skuId}
          label={title}
          description={`${skuId}: at most ${quantity}`}
          min={0}
          max={quantity}
          clampBehavior="strict"
          allowDecimal={false}
          value={units[skuId] ?? 0}
          onChange={(value) => setUnits((now) => ({ ...now, [skuId]: Number(value) }))}
        />
      ))}
    </>
  );
}
