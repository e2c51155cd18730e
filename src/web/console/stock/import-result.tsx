import { Table, Text } from '@mantine/core';
import { type StockImportAnswer } from '../../../console/contract';
import { Rows } from '../parts/rows';
import { Section } from '../parts/section';

/** What became of each line of the file. */
export function ImportResult({ result }: { readonly result: StockImportAnswer }) {
  return (
    <Section title="Result">
      <Text role="status">
        {result.applied} applied, {result.refused} refused.
      </Text>
      <Rows label="Lines" columns={['Line', 'SKU', 'Units', 'Result', 'Available']} empty="No lines.">
        {result.lines.map((line) => (
          <Table.Tr key={line.line}>
            <Table.Td>{line.line}</Table.Td>
            <Table.Td>{line.skuId ?? '–'}</Table.Td>
            <Table.Td>{line.delta ?? '–'}</Table.Td>
            <Table.Td>{line.status === 'applied' ? 'applied' : `refused: ${line.message}`}</Table.Td>
            <Table.Td>{line.available ?? '–'}</Table.Td>
          </Table.Tr>
        ))}
      </Rows>
    </Section>
  );
}
