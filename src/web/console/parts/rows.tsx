import { Table, Text } from '@mantine/core';
import { type ReactNode } from 'react';

interface RowsProps {
  /** Names the table, and the region that scrolls sideways where the screen is narrow. */
  readonly label: string;
  readonly columns: readonly string[];
  /** Said instead of a table without rows. */
  readonly empty: string;
  /** The narrowest that the columns can be read at, in pixels. */
  readonly minWidth?: number;
  /** `Table.Tr` of each row. */
  readonly children: readonly ReactNode[];
}

export function Rows({ label, columns, empty, minWidth = 560, children }: RowsProps) {
  if (children.length === 0) return <Text c="dimmed">{empty}</Text>;
  return (
    <Table.ScrollContainer minWidth={minWidth} type="native" role="region" aria-label={label} tabIndex={0}>
      <Table verticalSpacing="xs" highlightOnHover aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column} scope="col">
                {column}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
