import { Text } from '@mantine/core';
import { Page } from '../../kit/page';
import { To } from '../parts/to';

export function NotFound() {
  return (
    <Page title="No such page">
      <Text>
        Nothing has this address. <To path="/">Go to the overview</To>
      </Text>
    </Page>
  );
}
