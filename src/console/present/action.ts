import { type Actor } from '../../domain/access';
import { type OperatorActionRecord } from '../../ports/operator-actions';
import { type ActionView } from '../contract';
import { actionInWords } from './words';

/** An action as `viewer` sees it: what was asked, what came of it, and whether he may decide on it. */
export function presentAction(record: OperatorActionRecord, viewer: Actor): ActionView {
  const { id, orderId, action, reason, requestedBy, requestedAt, state, approvedBy, decidedAt, result } = record;
  const whyNotDecide = whyNot(record, viewer);
  return {
    ...{ id, orderId, action, words: actionInWords(action), reason, requestedBy, requestedAt, state },
    ...{ approvedBy, decidedAt, result, whyNotDecide },
    mayDecide: whyNotDecide === null,
    mayTakeBack: state === 'awaiting_approval' && requestedBy.id === viewer.id,
  };
}

function whyNot({ state, requestedBy }: OperatorActionRecord, viewer: Actor): string | null {
  if (state !== 'awaiting_approval') return 'It does not wait for an approval.';
  if (requestedBy.id === viewer.id) return 'Another person than the one who asked for it has to approve it.';
  return viewer.roles.includes('approver') ? null : 'Approving needs the role approver.';
}
