import { Group, Stack, Text } from '@mantine/core';
import { useParams } from 'react-router';
import { type OrderPage } from '../../../console/contract';
import { Answer } from '../../kit/answer';
import { Page } from '../../kit/page';
import { When } from '../../kit/when';
import { Audit } from '../parts/audit';
import { Section } from '../parts/section';
import { OrderStatusMark } from '../parts/status';
import { Actions } from './actions';
import { Attempts } from './attempts';
import { useOrder } from './data';
import { Held } from './held';
import { OrderFacts } from './order-facts';
import { Refunds } from './refunds';
import { Timeline } from './timeline';
import { Why } from './why';

export function Order() {
  const { id = '' } = useParams();
  // Another order is another page: nothing of the last one stays on the screen.
  return <OneOrder key={id} id={id} />;
}

function OneOrder({ id }: { readonly id: string }) {
  return (
    <Page title={id}>
      <Answer query={useOrder(id)} lines={12}>
        {(page) => <OrderContent page={page} />}
      </Answer>
    </Page>
  );
}

function OrderContent({ page }: { readonly page: OrderPage }) {
  return (
    <Stack gap="xl">
      <Stack gap="sm">
        <Group gap="sm">
          <OrderStatusMark status={page.order.status} />
          <Text>
            since <When at={page.since} />
          </Text>
        </Group>
        <Why explanation={page.explanation} manual={page.manual} />
        <OrderFacts page={page} />
      </Stack>
      <Actions page={page} />
      <Attempts attempts={page.attempts} />
      <Held page={page} />
      {page.refunds.length > 0 && <Refunds refunds={page.refunds} />}
      <Section title="What operators did">
        <Audit label="What operators did" actions={page.actions} empty="Nothing yet." />
      </Section>
      <Timeline entries={page.timeline} />
    </Stack>
  );
}
