import { NativeSelect, Stack, Text } from '@mantine/core';
import { Answer } from '../../kit/answer';
import { money } from '../../kit/format';
import { Page } from '../../kit/page';
import { useSession } from '../data';
import { Audit } from '../parts/audit';
import { useFilters } from '../parts/filters';
import { Older } from '../parts/older';
import { useActions } from './data';

/** In the address, since no `state` at all means those that wait. */
const EVERY = 'every';

const STATES = [
  { value: '', label: 'Waiting for a second person' },
  { value: 'executing', label: 'Executing' },
  { value: 'done', label: 'Done' },
  { value: 'refused', label: 'Refused' },
  { value: 'declined', label: 'Declined' },
  { value: 'expired', label: 'Expired' },
  { value: EVERY, label: 'All that operators did' },
];

export function Approvals() {
  const { get, set, cursor } = useFilters();
  const given = get('state');
  const actions = useActions(given === '' ? 'awaiting_approval' : given === EVERY ? '' : given, cursor);
  return (
    <Page title="Approvals">
      <Policy />
      <NativeSelect
        label="Show"
        maw={320}
        data={STATES}
        value={given}
        onChange={(event) => set('state', event.currentTarget.value)}
      />
      <Answer query={actions}>
        {({ items, nextCursor }) => (
          <Stack aria-busy={actions.isPlaceholderData}>
            <Audit label="Actions" actions={items} empty="Nothing of that kind." withOrder />
            <Older next={nextCursor} />
          </Stack>
        )}
      </Answer>
    </Page>
  );
}

function Policy() {
  const { twoPersonAboveMinor } = useSession();
  if (twoPersonAboveMinor === null) return <Text>No action needs a second person here: none is configured to.</Text>;
  const yuan = money({ minor: twoPersonAboveMinor, currency: 'CNY' });
  return (
    <Text>
      Refunds and restocks worth {twoPersonAboveMinor} minor units or more ({yuan}, in yuan) need a second person,
      within 24 hours.
    </Text>
  );
}
