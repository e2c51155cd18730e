import { Group, NativeSelect, Stack, Table } from '@mantine/core';
import { type CaseView } from '../../../console/contract';
import { RECONCILE_CLASSES } from '../../../domain/reconcile';
import { Answer } from '../../kit/answer';
import { Page } from '../../kit/page';
import { When } from '../../kit/when';
import { useFilters } from '../parts/filters';
import { Older } from '../parts/older';
import { Rows } from '../parts/rows';
import { To } from '../parts/to';
import { CaseStateMark } from './case-state';
import { useCases } from './data';
import { RunNow } from './run-now';

const STATES = [
  { value: '', label: 'Any state' },
  { value: 'open', label: 'Open' },
  { value: 'mended', label: 'Mended' },
  { value: 'resolved', label: 'Resolved' },
  { value: 'ignored', label: 'Ignored' },
];
const CLASSES = [{ value: '', label: 'Any class' }, ...RECONCILE_CLASSES.map((value) => ({ value, label: value }))];
const COLUMNS = ['Finding', 'State', 'About', 'What it means', 'Last seen'];

export function Reconciliation() {
  const { get, set, cursor } = useFilters();
  const cases = useCases({ state: get('state'), class: get('class'), cursor });
  return (
    <Page title="Reconciliation" actions={<RunNow />}>
      <Group align="end">
        <NativeSelect
          label="State"
          data={STATES}
          value={get('state')}
          onChange={(event) => set('state', event.currentTarget.value)}
        />
        <NativeSelect
          label="Class"
          data={CLASSES}
          value={get('class')}
          onChange={(event) => set('class', event.currentTarget.value)}
        />
        <To path="/reconciliation/runs">Runs</To>
      </Group>
      <Answer query={cases}>
        {({ items, nextCursor }) => (
          <Stack aria-busy={cases.isPlaceholderData}>
            <Rows label="Cases" columns={COLUMNS} empty="Everything agreed: there is no such case." minWidth={900}>
              {items.map((one) => (
                <CaseLine key={one.id} one={one} />
              ))}
            </Rows>
            <Older next={nextCursor} />
          </Stack>
        )}
      </Answer>
    </Page>
  );
}

function CaseLine({ one }: { readonly one: CaseView }) {
  return (
    <Table.Tr>
      <Table.Td>
        <To path={`/reconciliation/cases/${one.id}`}>{one.code.replaceAll('_', ' ')}</To>
      </Table.Td>
      <Table.Td>
        <CaseStateMark state={one.state} />
      </Table.Td>
      <Table.Td>
        {one.subject.kind} {one.subject.id}
      </Table.Td>
      <Table.Td>{one.meaning}</Table.Td>
      <Table.Td>
        <When at={one.lastSeenAt} />
      </Table.Td>
    </Table.Tr>
  );
}
