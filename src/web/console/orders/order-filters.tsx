import { Checkbox, Group, NativeSelect, Stack } from '@mantine/core';
import { ORDER_STATUSES } from '../../../domain/order-status';
import { useSession } from '../data';
import { useFilters } from '../parts/filters';
import { SearchBox } from '../parts/search-box';
import { statusName } from '../parts/status';

const AGES = [
  { value: '', label: 'Any age' },
  { value: '600', label: 'Over 10 minutes' },
  { value: '3600', label: 'Over an hour' },
  { value: '86400', label: 'Over a day' },
  { value: '604800', label: 'Over a week' },
];
const STATES = [
  { value: '', label: 'Any state' },
  ...ORDER_STATUSES.map((value) => ({ value, label: statusName(value) })),
];

export function OrderFilters() {
  const { get, set } = useFilters();
  const { gateways } = useSession();
  const select = (label: string, name: string, data: readonly { value: string; label: string }[]) => (
    <NativeSelect
      label={label}
      data={[...data]}
      value={get(name)}
      onChange={(event) => set(name, event.currentTarget.value)}
    />
  );
  return (
    <Stack gap="sm">
      <SearchBox
        label="Order, buyer, merchant number, transaction or refund"
        value={get('q')}
        onSearch={(text) => set('q', text)}
      />
      <Group align="end" gap="sm">
        {select('State', 'status', STATES)}
        {select('Placed', 'olderThanSeconds', AGES)}
        {select('Gateway', 'gateway', [
          { value: '', label: 'Any gateway' },
          ...gateways.map((name) => ({ value: name, label: name })),
        ])}
        <Checkbox
          label="By hand only"
          checked={get('manual') === 'true'}
          onChange={(event) => set('manual', event.currentTarget.checked ? 'true' : '')}
          pb={8}
        />
      </Group>
    </Stack>
  );
}
