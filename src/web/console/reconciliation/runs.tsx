import { Table } from '@mantine/core';
import { type RunView } from '../../../console/contract';
import { Answer } from '../../kit/answer';
import { Page } from '../../kit/page';
import { When } from '../../kit/when';
import { Rows } from '../parts/rows';
import { useRuns } from './data';
import { RunNow } from './run-now';

const COLUMNS = ['Run', 'Began', 'Ended', 'Compared', 'Mended', 'Cases opened'];

export function Runs() {
  return (
    <Page title="Reconciliation runs" actions={<RunNow />}>
      <Answer query={useRuns()}>
        {({ items }) => (
          <Rows label="Runs" columns={COLUMNS} empty="There has been no run yet." minWidth={860}>
            {items.map((run) => (
              <RunLine key={run.id} run={run} />
            ))}
          </Rows>
        )}
      </Answer>
    </Page>
  );
}

const totalOf = (run: RunView, count: 'mended' | 'opened'): number =>
  run.classes.reduce((sum, one) => sum + one[count], 0);

function RunLine({ run }: { readonly run: RunView }) {
  return (
    <Table.Tr>
      <Table.Td>{run.id}</Table.Td>
      <Table.Td>
        <When at={run.startedAt} />
      </Table.Td>
      <Table.Td>
        {run.endedAt === null ? `under way${run.at === null ? '' : `: ${run.at}`}` : <When at={run.endedAt} />}
      </Table.Td>
      <Table.Td>{run.classes.map((one) => `${one.class} ${one.checked}`).join(', ')}</Table.Td>
      <Table.Td>{totalOf(run, 'mended')}</Table.Td>
      <Table.Td>{totalOf(run, 'opened')}</Table.Td>
    </Table.Tr>
  );
}
