import { Button, Group, Stack, Text } from '@mantine/core';
import { Fault } from '../../kit/answer';
import { useSession } from '../data';
import { To } from '../parts/to';
import { useRunNow } from './data';

export function RunNow() {
  const { may } = useSession();
  const run = useRunNow();
  return (
    <Stack gap="xs" align="end">
      <Button disabled={!may.act} loading={run.isPending} onClick={() => run.mutate()}>
        Run now
      </Button>
      {run.error && <Fault error={run.error} />}
      {run.data && (
        <Group role="status" gap="xs">
          <Text size="sm">It is under way:</Text>
          <To path="/reconciliation/runs">{run.data.runId}</To>
        </Group>
      )}
    </Stack>
  );
}
