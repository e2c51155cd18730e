import { type ActionKind, type ActionState } from '../../../domain/operator-action';

export const ACTION_NAMES: Readonly<Record<ActionKind, string>> = {
  extend: 'Extend the window',
  cancel: 'Cancel',
  retry_now: 'Retry now',
  switch_gateway: 'Switch gateway',
  refund: 'Refund',
  restock: 'Restock',
  manual: 'Mark for handling by hand',
  resume: 'Take the mark away',
};

export const OUTCOMES: Readonly<Record<ActionState, string>> = {
  awaiting_approval: 'It waits for a second person, under Approvals.',
  executing: 'It is under way.',
  done: 'It is done.',
  refused: 'The order refused it.',
  declined: 'It was declined.',
  expired: 'Nobody approved it in time.',
};
