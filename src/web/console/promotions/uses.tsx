import { Stack, Table } from '@mantine/core';
import { Answer } from '../../kit/answer';
import { When } from '../../kit/when';
import { useFilters } from '../parts/filters';
import { Older } from '../parts/older';
import { Rows } from '../parts/rows';
import { Section } from '../parts/section';
import { ToOrder } from '../parts/to';
import { useUses } from './data';

const COLUMNS = ['When', 'Kind', 'Order', 'Buyer', 'Quantity'];

/** What orders held of the promotion, used, and gave back. */
export function Uses({ id }: { readonly id: string }) {
  const { cursor } = useFilters();
  return (
    <Section title="Uses">
      <Answer query={useUses(id, cursor)}>
        {({ items, nextCursor }) => (
          <Stack>
            <Rows label="Uses" columns={COLUMNS} empty="No order has used it." minWidth={680}>
              {items.map((use) => (
                <Table.Tr key={use.id}>
                  <Table.Td>
                    <When at={use.at} />
                  </Table.Td>
                  <Table.Td>{use.kind}</Table.Td>
                  <Table.Td>
                    <ToOrder id={use.orderId} unbroken />
                  </Table.Td>
                  <Table.Td>{use.buyerId}</Table.Td>
                  <Table.Td>{use.quantity}</Table.Td>
                </Table.Tr>
              ))}
            </Rows>
            <Older next={nextCursor} />
          </Stack>
        )}
      </Answer>
    </Section>
  );
}
