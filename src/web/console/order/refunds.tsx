import { Table } from '@mantine/core';
import { type RefundView } from '../../../console/contract';
import { money } from '../../kit/format';
import { When } from '../../kit/when';
import { Rows } from '../parts/rows';
import { Section } from '../parts/section';

const COLUMNS = ['Refund', 'Amount', 'State', 'Why', 'Tries', 'Asked for', 'Settled'];

export function Refunds({ refunds }: { readonly refunds: readonly RefundView[] }) {
  return (
    <Section title="Refunds">
      <Rows label="Refunds" columns={COLUMNS} empty="" minWidth={860}>
        {refunds.map((refund) => (
          <Table.Tr key={refund.id}>
            <Table.Td>
              {refund.id}, at {refund.gateway} as {refund.number}
            </Table.Td>
            <Table.Td style={{ whiteSpace: 'nowrap' }}>{money(refund.amount)}</Table.Td>
            <Table.Td>{refund.status === 'manual' ? 'to be paid back by hand' : refund.status}</Table.Td>
            <Table.Td>
              {refund.cause === 'late_payment' ? 'Money came too late. ' : ''}
              {refund.reason}
            </Table.Td>
            <Table.Td>{refund.tries}</Table.Td>
            <Table.Td>
              <When at={refund.createdAt} />
            </Table.Td>
            <Table.Td>{refund.settledAt === null ? '–' : <When at={refund.settledAt} />}</Table.Td>
          </Table.Tr>
        ))}
      </Rows>
    </Section>
  );
}
