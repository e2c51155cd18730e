import { Table } from '@mantine/core';
import { type TimelineEntry } from '../../../console/contract';
import { Sentence } from '../../kit/sentence';
import { When } from '../../kit/when';
import { Details } from '../parts/details';
import { Rows } from '../parts/rows';
import { Section } from '../parts/section';

/** Every fact of the order's life, the latest first. */
export function Timeline({ entries }: { readonly entries: readonly TimelineEntry[] }) {
  return (
    <Section title="Timeline">
      <Rows label="Timeline" columns={['When', 'Of', 'What happened', 'Data']} empty="Nothing yet." minWidth={700}>
        {entries.toReversed().map((entry, index) => (
          <Table.Tr key={`${entries.length - index}`}>
            <Table.Td>
              <When at={entry.at} />
            </Table.Td>
            <Table.Td>{entry.kind}</Table.Td>
            <Table.Td>
              <Sentence text={entry.words} />
            </Table.Td>
            <Table.Td>
              {Object.keys(entry.data).length > 0 && <Details label={entry.what} data={entry.data} />}
            </Table.Td>
          </Table.Tr>
        ))}
      </Rows>
    </Section>
  );
}
