import { Card, SimpleGrid, Stack, Text } from '@mantine/core';
import { type Overview as OverviewAnswer } from '../../../console/contract';
import { Answer } from '../../kit/answer';
import { Page } from '../../kit/page';
import { Section } from '../parts/section';
import { OrderStatusMark } from '../parts/status';
import { To } from '../parts/to';
import { useOverview } from './data';
import { NeedsPerson } from './needs-person';
import { Queues } from './queues';

export function Overview() {
  return (
    <Page title="Overview">
      <Answer query={useOverview()}>
        {(overview) => (
          <Stack gap="xl">
            <NeedsPerson overview={overview} />
            <States orders={overview.orders} />
            <Queues overview={overview} />
          </Stack>
        )}
      </Answer>
    </Page>
  );
}

function States({ orders }: Pick<OverviewAnswer, 'orders'>) {
  return (
    <Section title="Orders by state">
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 4 }} spacing="sm">
        {orders.map(({ status, count, capped }) => (
          <Card key={status} withBorder padding="sm">
            <OrderStatusMark status={status} />
            <Text size="xl" fw={700} mt="xs">
              <To path={`/orders?status=${status}`}>
                {count}
                {capped && ' or more'}
              </To>
            </Text>
          </Card>
        ))}
      </SimpleGrid>
    </Section>
  );
}
