import { Table, Text } from '@mantine/core';
import { type AttemptView } from '../../../console/contract';
import { money } from '../../kit/format';
import { Sentence } from '../../kit/sentence';
import { When } from '../../kit/when';
import { Rows } from '../parts/rows';
import { Section } from '../parts/section';

const COLUMNS = ['Attempt', 'State', 'Last answer', 'Amount', 'Numbers', 'Payable until'];

export function Attempts({ attempts }: { readonly attempts: readonly AttemptView[] }) {
  return (
    <Section title="Payment attempts">
      <Rows label="Payment attempts" columns={COLUMNS} empty="No gateway has been chosen." minWidth={900}>
        {attempts.map((attempt) => (
          <Attempt key={attempt.id} attempt={attempt} />
        ))}
      </Rows>
    </Section>
  );
}

function Attempt({ attempt }: { readonly attempt: AttemptView }) {
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        {attempt.attempt}, {attempt.gateway}
      </Table.Td>
      <Table.Td>{attempt.status}</Table.Td>
      <Table.Td>
        <LastAnswer attempt={attempt} />
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>{money(attempt.amount)}</Table.Td>
      <Table.Td>
        <Numbers attempt={attempt} />
      </Table.Td>
      <Table.Td>
        <When at={attempt.expiresAt} />
      </Table.Td>
    </Table.Tr>
  );
}

function LastAnswer({ attempt: { lastAnswer, answers } }: { readonly attempt: AttemptView }) {
  if (lastAnswer === null) return 'None yet';
  const code = lastAnswer.code === null ? '' : ` (${lastAnswer.code})`;
  return (
    <>
      <Text size="sm">
        <Sentence text={lastAnswer.words} />
      </Text>
      <Text size="xs" c="dimmed">
        to {lastAnswer.op}: {lastAnswer.outcome}
        {code}, answer {answers}, <When at={lastAnswer.at} />
      </Text>
    </>
  );
}

/** The numbers by which the gateway's own console finds it. */
function Numbers({ attempt }: { readonly attempt: AttemptView }) {
  const { merchantNo, transactionId, gatewayRef } = attempt;
  const all = [
    ['merchant', merchantNo],
    ['transaction', transactionId],
    ['reference', gatewayRef],
  ] as const;
  return all
    .filter(([, number]) => number !== null)
    .map(([name, number]) => (
      <Text key={name} size="xs" style={{ overflowWrap: 'anywhere' }}>
        {name} {number}
      </Text>
    ));
}
