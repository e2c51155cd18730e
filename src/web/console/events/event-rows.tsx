import { Table } from '@mantine/core';
import { type EventView } from '../../../console/contract';
import { When } from '../../kit/when';
import { Details } from '../parts/details';
import { Rows } from '../parts/rows';
import { ToOrder } from '../parts/to';

interface EventRowsProps {
  readonly label: string;
  readonly events: readonly EventView[];
  readonly empty: string;
}

export function EventRows({ label, events, empty }: EventRowsProps) {
  return (
    <Rows label={label} columns={['Position', 'Type', 'Order', 'When', 'Data']} empty={empty} minWidth={820}>
      {events.map((event) => (
        <Table.Tr key={event.id}>
          <Table.Td>{event.position ?? 'not placed yet'}</Table.Td>
          <Table.Td>{event.type}</Table.Td>
          <Table.Td>{event.orderId ? <ToOrder id={event.orderId} unbroken /> : '–'}</Table.Td>
          <Table.Td>
            <When at={event.at} />
          </Table.Td>
          <Table.Td>
            <Details label={event.id} data={event.data} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Rows>
  );
}
