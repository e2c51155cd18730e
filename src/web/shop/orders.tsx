import { Anchor, Button, Card, Group, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { type ShopOrder } from '../../storefront/contract';
import { Waiting } from '../kit/answer';
import { instant, money } from '../kit/format';
import { Page } from '../kit/page';
import { useOrders } from './client';
import { Empty, Failure } from './parts';
import { statusInWords } from './words';

export function Orders() {
  const orders = useOrders();
  const found = orders.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Page title="My orders">
      {orders.isPending ? (
        <Waiting />
      ) : orders.isError ? (
        <Failure error={orders.error} again={() => void orders.refetch()} />
      ) : found.length === 0 ? (
        <Empty text="You have not ordered anything yet." to="/" action="Go to the catalogue" />
      ) : (
        <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
          {found.map((order) => (
            <Row key={order.id} order={order} />
          ))}
        </Stack>
      )}
      {orders.hasNextPage && (
        <Button variant="default" loading={orders.isFetchingNextPage} onClick={() => void orders.fetchNextPage()}>
          Show more
        </Button>
      )}
    </Page>
  );
}

function Row({ order }: { order: ShopOrder }) {
  const things = order.lines.map(({ quantity, title }) => `${quantity} × ${title}`).join(', ');
  return (
    <Card component="li" withBorder padding="sm">
      <Group justify="space-between">
        <Stack gap={2}>
          <Anchor component={Link} to={`/orders/${order.id}`} fw={600} underline="always">
            {things}
          </Anchor>
          <Text size="sm">{instant(order.createdAt)}</Text>
        </Stack>
        <Text>{statusInWords(order.status)}</Text>
        <Text fw={700}>{money(order.amount)}</Text>
      </Group>
    </Card>
  );
}
