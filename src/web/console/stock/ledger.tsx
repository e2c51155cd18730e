import { Stack, Table } from '@mantine/core';
import { type LedgerRow } from '../../../console/contract';
import { Answer } from '../../kit/answer';
import { When } from '../../kit/when';
import { useFilters } from '../parts/filters';
import { Older } from '../parts/older';
import { Rows } from '../parts/rows';
import { Section } from '../parts/section';
import { ToOrder } from '../parts/to';
import { useLedger } from './data';

const COLUMNS = ['When', 'Kind', 'Available', 'Reserved', 'Sold', 'For'];

const signed = (delta: number): string =>
  delta === 0 ? '–' : delta.toLocaleString(undefined, { signDisplay: 'always' });

export function Ledger({ id }: { readonly id: string }) {
  const { cursor } = useFilters();
  return (
    <Section title="Ledger">
      <Answer query={useLedger(id, cursor)}>
        {({ items, nextCursor }) => (
          <Stack>
            <Rows label="Ledger" columns={COLUMNS} empty="Nothing has moved yet." minWidth={680}>
              {items.map((row) => (
                <LedgerLine key={row.id} row={row} />
              ))}
            </Rows>
            <Older next={nextCursor} />
          </Stack>
        )}
      </Answer>
    </Section>
  );
}

function LedgerLine({ row }: { readonly row: LedgerRow }) {
  return (
    <Table.Tr>
      <Table.Td>
        <When at={row.at} />
      </Table.Td>
      <Table.Td>{row.kind}</Table.Td>
      <Table.Td>{signed(row.availableDelta)}</Table.Td>
      <Table.Td>{signed(row.reservedDelta)}</Table.Td>
      <Table.Td>{signed(row.soldDelta)}</Table.Td>
      <Table.Td>{row.orderId ? <ToOrder id={row.orderId} unbroken /> : (row.reason ?? row.reference)}</Table.Td>
    </Table.Tr>
  );
}
