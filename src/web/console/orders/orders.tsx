import { Badge, Group, Stack, Table } from '@mantine/core';
import { type OrderRow } from '../../../console/contract';
import { Answer } from '../../kit/answer';
import { money } from '../../kit/format';
import { Page } from '../../kit/page';
import { When } from '../../kit/when';
import { Older } from '../parts/older';
import { Rows } from '../parts/rows';
import { OrderStatusMark } from '../parts/status';
import { ToOrder } from '../parts/to';
import { useOrders } from './data';
import { OrderFilters } from './order-filters';

/** The state first: on a narrow screen the rest is a swipe away. */
const COLUMNS = ['State', 'Order', 'In it since', 'Amount', 'Gateway', 'Buyer', 'Placed'];

export function Orders() {
  const orders = useOrders();
  return (
    <Page title="Orders">
      <OrderFilters />
      <Answer query={orders} lines={10}>
        {({ items, nextCursor }) => (
          <Stack aria-busy={orders.isPlaceholderData}>
            <Rows label="Orders" columns={COLUMNS} empty="No order is like that." minWidth={1120}>
              {items.map((order) => (
                <OrderLine key={order.id} order={order} />
              ))}
            </Rows>
            <Older next={nextCursor} />
          </Stack>
        )}
      </Answer>
    </Page>
  );
}

function OrderLine({ order }: { readonly order: OrderRow }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs" wrap="nowrap">
          <OrderStatusMark status={order.status} />
          {order.manual && (
            <Badge variant="default" tt="none" miw="max-content">
              by hand
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td>
        <ToOrder id={order.id} unbroken />
      </Table.Td>
      <Table.Td>
        <When at={order.since} />
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>{money(order.amount)}</Table.Td>
      <Table.Td>{order.gateway ?? '–'}</Table.Td>
      <Table.Td>{order.buyerId}</Table.Td>
      <Table.Td>
        <When at={order.createdAt} />
      </Table.Td>
    </Table.Tr>
  );
}
