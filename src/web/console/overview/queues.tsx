import { Table, Text } from '@mantine/core';
import { type Overview } from '../../../console/contract';
import { duration } from '../../kit/format';
import { Rows } from '../parts/rows';
import { Section } from '../parts/section';

/** What passes through by itself, and how far it is behind. */
export function Queues({ overview }: { readonly overview: Overview }) {
  const { startIntents, inboxUndelivered, eventsUnplaced, refunds, subscribers, deadLetters } = overview;
  const queues = [
    ['Orders whose workflow is still to be started', startIntents],
    ['Notifications still to be delivered to their order', inboxUndelivered],
    ['Events still to be placed in the feed', eventsUnplaced],
    ['Refunds under way', refunds.underWay],
  ] as const;
  return (
    <Section title="Queues">
      <Rows label="Queues" columns={['Queue', 'Waiting', 'Oldest']} empty="" minWidth={320}>
        {[
          ...queues.map(([name, waiting]) => <Queue key={name} name={name} waiting={waiting} />),
          ...subscribers.map(({ subscriber, behind, oldestSeconds }) => (
            <Queue key={subscriber} name={`Events for ${subscriber}`} waiting={behind} oldestSeconds={oldestSeconds} />
          )),
        ]}
      </Rows>
      {deadLetters === null && <Text>The broker did not answer: its dead letters are not counted.</Text>}
    </Section>
  );
}

interface QueueProps {
  readonly name: string;
  readonly waiting: number;
  readonly oldestSeconds?: number;
}

function Queue({ name, waiting, oldestSeconds = 0 }: QueueProps) {
  return (
    <Table.Tr>
      <Table.Td>{name}</Table.Td>
      <Table.Td>{waiting}</Table.Td>
      <Table.Td>{waiting > 0 && oldestSeconds > 0 ? duration(oldestSeconds) : '–'}</Table.Td>
    </Table.Tr>
  );
}
