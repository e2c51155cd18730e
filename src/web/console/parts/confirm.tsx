import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { type ReactNode, type SubmitEvent, useState } from 'react';
import { REASON_LENGTH } from '../../../domain/operator-action';
import { Fault } from '../../kit/answer';

interface ConfirmProps {
  readonly title: string;
  /** What will happen. */
  readonly children: ReactNode;
  readonly submit: string;
  readonly pending: boolean;
  readonly error: Error | null;
  /** Whether what else the form asks for is complete. */
  readonly ready?: boolean;
  readonly reasonLabel?: string;
  /** In UTF-16 units. */
  readonly longestReason?: number;
  readonly onSubmit: (reason: string) => void;
  readonly onClose: () => void;
}

/** What will happen, why it is done (which is kept), and the answer when it was refused. */
export function Confirm(props: ConfirmProps) {
  const { title, children, submit, pending, error, ready = true, onSubmit, onClose } = props;
  const { reasonLabel = 'Reason', longestReason = REASON_LENGTH.max } = props;
  const [reason, setReason] = useState('');
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    onSubmit(reason.trim());
  };
  return (
    <Modal opened onClose={onClose} title={title} centered closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={send}>
        <Stack>
          {children}
          <Textarea
            label={reasonLabel}
            description="Kept with your name."
            required
            autosize
            minRows={2}
            minLength={REASON_LENGTH.min}
            maxLength={longestReason}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {error && <Fault error={error} />}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={pending} disabled={!ready || reason.trim().length < REASON_LENGTH.min}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
