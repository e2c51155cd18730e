import { Button, Group, Modal, Stack } from '@mantine/core';
import { type ReactNode } from 'react';
import { Fault } from '../../kit/answer';

interface AskProps {
  readonly title: string;
  /** What will happen. */
  readonly children: ReactNode;
  readonly submit: string;
  readonly pending: boolean;
  readonly error: Error | null;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
}

/** Asks before something is done for which no reason is kept, and shows the answer when it was refused. */
export function Ask({ title, children, submit, pending, error, onSubmit, onClose }: AskProps) {
  return (
    <Modal opened onClose={onClose} title={title} centered closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        {children}
        {error && <Fault error={error} />}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button loading={pending} onClick={onSubmit}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
