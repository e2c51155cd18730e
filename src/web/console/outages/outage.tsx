import { Button, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useParams } from 'react-router';
import { type OutageView } from '../../../console/contract';
import { Answer } from '../../kit/answer';
import { Page } from '../../kit/page';
import { When } from '../../kit/when';
import { useSession } from '../data';
import { Ask } from '../parts/ask';
import { Facts } from '../parts/facts';
import { useOutage, useStopOutage } from './data';
import { OutageStateMark } from './outage-state';
import { Results } from './results';

export function Outage() {
  const { id = '' } = useParams();
  return (
    <Page key={id} title={id}>
      <Answer query={useOutage(id)}>{(outage) => <Progress outage={outage} />}</Answer>
      <Results id={id} />
    </Page>
  );
}

function Progress({ outage }: { readonly outage: OutageView }) {
  return (
    <Stack align="start">
      <Facts
        facts={[
          ['State', <OutageStateMark key="state" state={outage.state} />],
          ['Gateway', outage.gateway],
          ['Extended by', `${outage.minutes} minutes`],
          ['Extended', outage.extended],
          ['Refused', outage.refused],
          ['Reason', outage.reason],
          ['Began', <When key="began" at={outage.startedAt} />],
          ['By', outage.startedBy.name],
          ['Ended', outage.endedAt && <When at={outage.endedAt} />],
        ]}
      />
      {outage.state === 'running' && <Stop outage={outage} />}
    </Stack>
  );
}

function Stop({ outage: { id, extended } }: { readonly outage: OutageView }) {
  const { may } = useSession();
  const stop = useStopOutage(id);
  const [asked, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" disabled={!may.act} onClick={open}>
        Stop outage mode
      </Button>
      {asked && (
        <Ask
          title="Stop outage mode"
          submit="Stop"
          pending={stop.isPending}
          error={stop.error}
          onSubmit={() => stop.mutate(undefined, { onSuccess: close })}
          onClose={close}
        >
          <Text size="sm">
            Orders that have not had their turn keep the deadline that they have; the {extended} that were extended so
            far keep their new one. It does not go on again.
          </Text>
        </Ask>
      )}
    </>
  );
}
