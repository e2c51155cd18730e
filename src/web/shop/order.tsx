import { Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useParams } from 'react-router';
import { type ShopOrder } from '../../storefront/contract';
import { Waiting } from '../kit/answer';
import { instant, money } from '../kit/format';
import { Page } from '../kit/page';
import { Cashier } from './cashier';
import { useOrder } from './client';
import { Empty, Failure } from './parts';
import { statusInWords, storyOf } from './words';

/** One order from its cashier to its end. It turns by itself, as the page keeps asking until nothing changes any more. */
export function OrderPage() {
  const { orderId = '' } = useParams();
  const order = useOrder(orderId);
  return (
    <Page title="Your order">
      {order.data ? (
        <Order order={order.data} />
      ) : order.isError ? (
        <Stack>
          <Failure error={order.error} again={() => void order.refetch()} />
          <Empty text="Perhaps it is another browser’s." to="/orders" action="My orders" />
        </Stack>
      ) : (
        <Waiting />
      )}
    </Page>
  );
}

function Order({ order }: { order: ShopOrder }) {
  return (
    <Stack>
      <Card withBorder>
        <div role="status" data-status={order.status}>
          <Title order={2} size="h3">
            {statusInWords(order.status)}
          </Title>
          <Text>{storyOf(order)}</Text>
        </div>
      </Card>
      {order.status === 'awaiting_payment' && <Cashier order={order} />}
      <Card withBorder component="section" aria-label="What you ordered">
        <Stack gap={4}>
          {order.lines.map((line) => (
            <Group key={line.skuId} justify="space-between">
              <Text>
                {line.quantity} × {line.title}{' '}
                {line.discountBasisPoints > 0 && (
                  <Badge variant="outline">{line.discountBasisPoints / 100} % off</Badge>
                )}
              </Text>
              <Text>{money(line.amount)}</Text>
            </Group>
          ))}
          <Group justify="space-between">
            <Text fw={700}>Total</Text>
            <Text fw={700}>{money(order.amount)}</Text>
          </Group>
          {order.refundedAmount.minor > 0 && <Text>{money(order.refundedAmount)} of it went back.</Text>}
        </Stack>
      </Card>
      <Facts order={order} />
    </Stack>
  );
}

function Facts({ order }: { order: ShopOrder }) {
  const facts: readonly (readonly [string, string | null])[] = [
    ['Number', order.id],
    ['Ordered', instant(order.createdAt)],
    ['Paid', order.paidAt && instant(order.paidAt)],
    ['Closed', order.closedAt && instant(order.closedAt)],
    ['Goes to', addressInWords(order.shippingAddress)],
  ];
  return (
    <Card withBorder component="dl" m={0}>
      {facts.map(
        ([term, value]) =>
          value !== null && (
            <Group key={term} justify="space-between" gap="xs">
              <Text component="dt" size="sm">
                {term}
              </Text>
              <Text component="dd" m={0} size="sm" style={{ overflowWrap: 'anywhere' }}>
                {value}
              </Text>
            </Group>
          ),
      )}
    </Card>
  );
}

function addressInWords(address: ShopOrder['shippingAddress']): string | null {
  return address ? Object.values(address).map(String).join(', ') : null;
}
