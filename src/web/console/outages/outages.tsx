import { Button, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { type OutageView } from '../../../console/contract';
import { Answer } from '../../kit/answer';
import { Page } from '../../kit/page';
import { When } from '../../kit/when';
import { useSession } from '../data';
import { useFilters } from '../parts/filters';
import { Older } from '../parts/older';
import { Rows } from '../parts/rows';
import { To } from '../parts/to';
import { useOutages } from './data';
import { OutageStateMark } from './outage-state';
import { Start } from './start';

const COLUMNS = ['Outage', 'State', 'Gateway', 'Extended by', 'Orders', 'Reason', 'Began'];

export function Outages() {
  const { cursor } = useFilters();
  const { may } = useSession();
  const [starting, start] = useState(false);
  return (
    <Page
      title="Outages"
      actions={
        <Button disabled={!may.act} onClick={() => start(true)}>
          Start outage mode
        </Button>
      }
    >
      <Text>While a gateway is out, every order that waits for its money there can be given more time.</Text>
      {starting && <Start onClose={() => start(false)} />}
      <Answer query={useOutages(cursor)}>
        {({ items, nextCursor }) => (
          <Stack>
            <Rows label="Outages" columns={COLUMNS} empty="There has been none." minWidth={960}>
              {items.map((outage) => (
                <OutageLine key={outage.id} outage={outage} />
              ))}
            </Rows>
            <Older next={nextCursor} />
          </Stack>
        )}
      </Answer>
    </Page>
  );
}

function OutageLine({ outage }: { readonly outage: OutageView }) {
  return (
    <Table.Tr>
      <Table.Td>
        <To path={`/outages/${encodeURIComponent(outage.id)}`}>{outage.id}</To>
      </Table.Td>
      <Table.Td>
        <OutageStateMark state={outage.state} />
      </Table.Td>
      <Table.Td>{outage.gateway}</Table.Td>
      <Table.Td>{outage.minutes} min</Table.Td>
      <Table.Td>
        {outage.extended} extended, {outage.refused} refused
      </Table.Td>
      <Table.Td>{outage.reason}</Table.Td>
      <Table.Td>
        <When at={outage.startedAt} />, {outage.startedBy.name}
      </Table.Td>
    </Table.Tr>
  );
}
