import { NativeSelect, Stack } from '@mantine/core';
import { EVENT_TYPES } from '../../../domain/events';
import { Answer } from '../../kit/answer';
import { Page } from '../../kit/page';
import { useFilters } from '../parts/filters';
import { Older } from '../parts/older';
import { SearchBox } from '../parts/search-box';
import { To } from '../parts/to';
import { useEvents } from './data';
import { EventRows } from './event-rows';

const TYPES = [{ value: '', label: 'Any type' }, ...EVENT_TYPES.map((value) => ({ value, label: value }))];

export function Events() {
  const { get, set, cursor } = useFilters();
  const events = useEvents({ orderId: get('orderId'), type: get('type'), cursor });
  return (
    <Page title="Events" actions={<To path="/events/dead-letters">Dead letters</To>}>
      <SearchBox label="Of the order" value={get('orderId')} onSearch={(text) => set('orderId', text)} />
      <NativeSelect
        label="Type"
        maw={320}
        data={TYPES}
        value={get('type')}
        onChange={(event) => set('type', event.currentTarget.value)}
      />
      <Answer query={events} lines={10}>
        {({ items, nextCursor }) => (
          <Stack aria-busy={events.isPlaceholderData}>
            <EventRows label="Events" events={items} empty="There is no such event." />
            <Older next={nextCursor} />
          </Stack>
        )}
      </Answer>
    </Page>
  );
}
