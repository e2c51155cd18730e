import { NumberInput, Text } from '@mantine/core';
import { useState } from 'react';
import { type SkuRow } from '../../../console/contract';
import { MAX_UNITS } from '../../../domain/stock';
import { Confirm } from '../parts/confirm';
import { useAdjust } from './data';

/** What the ledger keeps of a reason. */
const LONGEST_REASON = 200;

interface AdjustProps {
  readonly sku: SkuRow;
  readonly onClose: () => void;
}

export function Adjust({ sku, onClose }: AdjustProps) {
  const adjust = useAdjust(sku.id);
  const [units, setUnits] = useState<number | string>('');
  const delta = typeof units === 'number' ? units : 0;
  return (
    <Confirm
      title={`Adjust ${sku.id}`}
      submit="Adjust"
      pending={adjust.isPending}
      error={adjust.error}
      ready={delta !== 0}
      longestReason={LONGEST_REASON}
      onSubmit={(reason) => adjust.mutate({ delta, reason }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <NumberInput
        label="Units"
        description="To add, or with a minus to take away."
        required
        data-autofocus
        allowDecimal={false}
        min={-MAX_UNITS}
        max={MAX_UNITS}
        value={units}
        onChange={setUnits}
      />
      <Text size="sm" aria-live="polite">
        Available now {sku.stock.available}, afterwards {sku.stock.available + delta}.
      </Text>
    </Confirm>
  );
}
