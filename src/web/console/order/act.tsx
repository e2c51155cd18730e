import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { type ActionView, type OrderPage } from '../../../console/contract';
import { type ActionKind, type OperatorAction } from '../../../domain/operator-action';
import { Sentence } from '../../kit/sentence';
import { ACTION_NAMES, OUTCOMES } from '../parts/action-names';
import { Confirm } from '../parts/confirm';
import { ActionStateMark } from '../parts/status';
import { ActionFields } from './action-fields';
import { useAct } from './data';

interface ActProps {
  readonly page: OrderPage;
  readonly kind: ActionKind;
  readonly onClose: () => void;
}

/** What will happen, what it needs to be told, and then what it came to. */
export function Act({ page, kind, onClose }: ActProps) {
  const act = useAct(page.order.id);
  const [action, setAction] = useState<OperatorAction | null>(null);
  const possible = page.possible.find((one) => one.kind === kind);
  if (act.data) return <Outcome done={act.data} onClose={onClose} />;
  return (
    <Confirm
      title={`${ACTION_NAMES[kind]}: ${page.order.id}`}
      submit={ACTION_NAMES[kind]}
      pending={act.isPending}
      error={act.error}
      ready={action !== null}
      onSubmit={(reason) => action && act.mutate({ action, reason })}
      onClose={onClose}
    >
      <Text size="sm">{possible?.effect}</Text>
      {possible?.needsApproval && (
        <Text size="sm">From the configured amount on it waits until a second person has approved it.</Text>
      )}
      <ActionFields page={page} kind={kind} onChange={setAction} />
    </Confirm>
  );
}

function Outcome({ done, onClose }: { readonly done: ActionView; readonly onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={<Sentence text={done.words} />}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <Group role="status">
          <ActionStateMark state={done.state} />
          <Text>
            <Sentence text={done.result?.message ?? OUTCOMES[done.state]} />
          </Text>
        </Group>
        <Group justify="end">
          <Button onClick={onClose} data-autofocus>
            Close
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
