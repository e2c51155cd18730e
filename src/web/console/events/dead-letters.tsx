import { Alert, Button, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type DeadLettersView } from '../../../console/contract';
import { Answer } from '../../kit/answer';
import { Page } from '../../kit/page';
import { useSession } from '../data';
import { Ask } from '../parts/ask';
import { Section } from '../parts/section';
import { useDeadLetters, useReplay } from './data';
import { EventRows } from './event-rows';

export function DeadLetters() {
  return (
    <Page title="Dead letters">
      <Text>Events that a consumer failed at again and again. Replayed, they are handed to it once more.</Text>
      <Answer query={useDeadLetters()}>{(letters) => <All letters={letters} />}</Answer>
    </Page>
  );
}

function All({ letters: { reachable, consumers } }: { readonly letters: DeadLettersView }) {
  return (
    <Stack gap="xl">
      {!reachable && (
        <Alert variant="outline" color="orange" role="note">
          <Text>The broker did not answer: what it keeps is not shown.</Text>
        </Alert>
      )}
      {consumers.length === 0 && <Text c="dimmed">No consumer reads events here.</Text>}
      {consumers.map((one) => (
        <OfConsumer key={one.consumer} {...one} />
      ))}
    </Stack>
  );
}

function OfConsumer({ consumer, count, events }: DeadLettersView['consumers'][number]) {
  const { may } = useSession();
  const [asked, { open, close }] = useDisclosure(false);
  return (
    <Section
      title={`${consumer}: ${count}`}
      actions={
        <Button size="xs" aria-label={`Replay ${consumer}`} disabled={count === 0 || !may.act} onClick={open}>
          Replay
        </Button>
      }
    >
      {asked && <Replay consumer={consumer} onClose={close} />}
      {events.length > 0 && <EventRows label={`Dead letters of ${consumer}`} events={events} empty="" />}
    </Section>
  );
}

function Replay({ consumer, onClose }: { readonly consumer: string; readonly onClose: () => void }) {
  const replay = useReplay(consumer);
  return (
    <Ask
      title={`Replay ${consumer}`}
      submit="Replay"
      pending={replay.isPending}
      error={replay.error}
      onSubmit={() => replay.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Text size="sm">
        All of them are handed to {consumer} once more. What it fails at again comes back here: replay once its fault is
        mended.
      </Text>
    </Ask>
  );
}
