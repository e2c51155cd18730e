import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { type ActionView, type Decline } from '../../../console/contract';
import { Sentence } from '../../kit/sentence';
import { useCommand } from '../data';
import { OUTCOMES } from './action-names';
import { Ask } from './ask';
import { Confirm } from './confirm';

const outcomeOf = ({ state, result }: ActionView): string => result?.message ?? OUTCOMES[state];

const useApprove = (id: string) =>
  useCommand<object, ActionView>(
    () => `/actions/${id}/approval`,
    (body) => ({ body }),
    outcomeOf,
  );

const useDecline = (id: string) =>
  useCommand<Decline, ActionView>(
    () => `/actions/${id}/decline`,
    (body) => ({ body }),
    outcomeOf,
  );

interface DecideProps {
  readonly action: ActionView;
}

/** The second person's word, or the first one's second thoughts; why not, for who may not approve. */
export function Decide({ action }: DecideProps) {
  const [deciding, decide] = useState<'approve' | 'decline' | null>(null);
  const { mayDecide, mayTakeBack, whyNotDecide } = action;
  const close = (): void => decide(null);
  return (
    <>
      {mayDecide && (
        <Button size="compact-sm" onClick={() => decide('approve')}>
          Approve
        </Button>
      )}
      {(mayDecide || mayTakeBack) && (
        <Button size="compact-sm" variant="default" onClick={() => decide('decline')}>
          {mayTakeBack ? 'Take back' : 'Decline'}
        </Button>
      )}
      {!mayDecide && <Text size="sm">{whyNotDecide}</Text>}
      {deciding === 'approve' && <Approve action={action} onClose={close} />}
      {deciding === 'decline' && <DeclineIt action={action} onClose={close} />}
    </>
  );
}

interface AnswerProps extends DecideProps {
  readonly onClose: () => void;
}

function Approve({ action, onClose }: AnswerProps) {
  const approve = useApprove(action.id);
  return (
    <Ask
      title="Approve"
      submit="Approve"
      pending={approve.isPending}
      error={approve.error}
      onSubmit={() => approve.mutate({}, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Text>
        <Sentence text={action.words} />, asked for by {action.requestedBy.name}: {action.reason}
      </Text>
      <Text size="sm">It is done at once, and your name is kept with it.</Text>
    </Ask>
  );
}

function DeclineIt({ action, onClose }: AnswerProps) {
  const decline = useDecline(action.id);
  const name = action.mayTakeBack ? 'Take back' : 'Decline';
  return (
    <Confirm
      title={name}
      submit={name}
      pending={decline.isPending}
      error={decline.error}
      onSubmit={(reason) => decline.mutate({ reason }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Text>
        <Sentence text={action.words} />, asked for by {action.requestedBy.name}: {action.reason}
      </Text>
    </Confirm>
  );
}
