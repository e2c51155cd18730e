import { SimpleGrid, Stack, Text } from '@mantine/core';
import { Answer } from '../../kit/answer';
import { Page } from '../../kit/page';
import { When } from '../../kit/when';
import { To } from '../parts/to';
import { useGateways } from './data';
import { Gateway } from './gateway';

export function Gateways() {
  return (
    <Page title="Gateways" actions={<To path="/outages">Outages</To>}>
      <Answer query={useGateways()}>
        {({ gateways, since }) => (
          <Stack>
            <Text>
              Rates and times since <When at={since} />.
            </Text>
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              {gateways.map((health) => (
                <Gateway key={health.gateway} health={health} />
              ))}
            </SimpleGrid>
          </Stack>
        )}
      </Answer>
    </Page>
  );
}
