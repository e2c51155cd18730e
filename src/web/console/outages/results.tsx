import { Stack, Table } from '@mantine/core';
import { Answer } from '../../kit/answer';
import { Sentence } from '../../kit/sentence';
import { When } from '../../kit/when';
import { useFilters } from '../parts/filters';
import { Older } from '../parts/older';
import { Rows } from '../parts/rows';
import { Section } from '../parts/section';
import { ToOrder } from '../parts/to';
import { useResults } from './data';

const COLUMNS = ['Order', 'Result', 'New end of the window', 'When'];

export function Results({ id }: { readonly id: string }) {
  const { cursor } = useFilters();
  return (
    <Section title="Result per order">
      <Answer query={useResults(id, cursor)}>
        {({ items, nextCursor }) => (
          <Stack>
            <Rows label="Result per order" columns={COLUMNS} empty="No order yet." minWidth={760}>
              {items.map((result) => (
                <Table.Tr key={result.orderId}>
                  <Table.Td>
                    <ToOrder id={result.orderId} unbroken />
                  </Table.Td>
                  <Table.Td>
                    {result.outcome}: <Sentence text={result.message} />
                  </Table.Td>
                  <Table.Td>{result.payBy === null ? '–' : <When at={result.payBy} />}</Table.Td>
                  <Table.Td>
                    <When at={result.at} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Rows>
            <Older next={nextCursor} label="More" />
          </Stack>
        )}
      </Answer>
    </Section>
  );
}
