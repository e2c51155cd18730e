import { Group, Stack, Table, Text } from '@mantine/core';
import { type ActionView } from '../../../console/contract';
import { Sentence } from '../../kit/sentence';
import { When } from '../../kit/when';
import { Decide } from './decide';
import { Rows } from './rows';
import { ActionStateMark } from './status';
import { ToOrder } from './to';

interface AuditProps {
  readonly label: string;
  readonly actions: readonly ActionView[];
  readonly empty: string;
  /** For actions of more than one order. */
  readonly withOrder?: boolean;
}

/** Who asked for what and why, who let it through, and what it came to. */
export function Audit({ label, actions, empty, withOrder = false }: AuditProps) {
  const columns = [...(withOrder ? ['Order'] : []), 'What', 'Reason', 'Asked for', 'State'];
  return (
    <Rows label={label} columns={columns} empty={empty} minWidth={withOrder ? 1000 : 820}>
      {actions.map((action) => (
        <Table.Tr key={action.id}>
          {withOrder && (
            <Table.Td>
              <ToOrder id={action.orderId} unbroken />
            </Table.Td>
          )}
          <Table.Td>
            <Sentence text={action.words} />
          </Table.Td>
          <Table.Td>{action.reason}</Table.Td>
          <Table.Td>
            {action.requestedBy.name}, <When at={action.requestedAt} />
          </Table.Td>
          <Table.Td>
            <State action={action} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Rows>
  );
}

function State({ action }: { readonly action: ActionView }) {
  const { state, result, approvedBy, decidedAt } = action;
  return (
    <Stack gap={4} align="start">
      <Group gap="xs">
        <ActionStateMark state={state} />
        {state === 'awaiting_approval' && <Decide action={action} />}
      </Group>
      {result && (
        <Text size="sm">
          <Sentence text={result.message} />
        </Text>
      )}
      {approvedBy && decidedAt && (
        <Text size="xs">
          {state === 'declined' ? 'Declined' : 'Approved'} by {approvedBy.name}, <When at={decidedAt} />
        </Text>
      )}
    </Stack>
  );
}
