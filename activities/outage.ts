import { Context, heartbeat } from '@temporalio/activity';
import { HoldfastError } from '../src/domain/errors';
import { LONGEST_EXTENSION_MS } from '../src/domain/operator-action';
import { outageCommandId } from '../src/domain/outage';
import { type Clock } from '../src/ports/clock';
import { type OperatorActions } from '../src/ports/operator-actions';
import { type OrderCommands } from '../src/ports/order-commands';
import { type AffectedOrder, type Outage, type OutageResult, type Outages } from '../src/ports/outages';
import { asActivity } from './failures';

export interface OutagePorts {
  readonly outages: Pick<Outages, 'find' | 'affected' | 'record' | 'unanswered' | 'end'>;
  readonly commands: Pick<OrderCommands, 'extend'>;
  readonly actions: Pick<OperatorActions, 'extendedBy'>;
  readonly now: Clock;
}

/** How many orders of a page are commanded at once. */
const AT_ONCE = 5;
/** Refusals that pass by themselves. */
const PASSING: readonly string[] = ['not_ready', 'too_busy', 'internal'];
/** The order's worker compares with a clock of its own: an extension as long as may be would be refused by one that is behind. */
const CLOCK_SKEW_MS = 60_000;

export function createOutageActivities(ports: OutagePorts) {
  return {
    /** Extends the next orders that have no result yet, and answers how many got which; none of any: none is left. */
    extendPage: ({ outageId, limit }: { outageId: string; limit: number }): Promise<PageOutcome> =>
      asActivity(() => extendPage(ports, outageId, limit)),

    endOutage: ({ outageId }: { outageId: string }): Promise<void> =>
      asActivity(() => ports.outages.end(outageId, 'done')),
  };
}

export type OutageActivities = ReturnType<typeof createOutageActivities>;

export interface PageOutcome {
  readonly extended: number;
  readonly refused: number;
  /** Those that did not answer, and are asked again. Not there in pages from before they were counted. */
  readonly unanswered?: number;
}

async function extendPage(ports: OutagePorts, outageId: string, limit: number): Promise<PageOutcome> {
  const outage = await ports.outages.find(outageId);
  if (!outage) throw new HoldfastError('outage_not_found');
  const orders = await ports.outages.affected(outageId, limit);
  const outcomes: Outcome[] = [];
  for (let next = 0; next < orders.length; next += AT_ONCE) {
    const batch = orders.slice(next, next + AT_ONCE);
    const extended = Promise.all(batch.map((order) => extendOne(ports, outage, order)));
    // A worker that drains takes no commands any more, so nothing would answer: whoever has the page next asks again.
    outcomes.push(...(await Promise.race([extended, Context.current().cancelled])));
    heartbeat(outcomes.length);
  }
  const count = (what: Outcome): number => outcomes.filter((each) => each === what).length;
  return { extended: count('extended'), refused: count('refused'), unanswered: count('unanswered') };
}

type Outcome = OutageResult['outcome'] | 'unanswered';

/** Whatever one order's process says or does not say is that order's alone: the others of the page go on. */
async function extendOne(ports: OutagePorts, outage: Outage, order: AffectedOrder): Promise<Outcome> {
  const { orderId } = order;
  const result = await extend(ports, outage, order).catch(verdictOf);
  if (result.outcome === 'unanswered') await ports.outages.unanswered(outage.id, orderId, result.message);
  else await ports.outages.record(outage.id, { orderId, ...result });
  return result.outcome;
}

type Unanswered = { readonly outcome: 'unanswered'; readonly message: string };

function verdictOf(error: unknown): Result | Unanswered {
  if (!(error instanceof HoldfastError)) return { outcome: 'unanswered', message: 'the order could not be reached' };
  if (PASSING.includes(error.code)) return { outcome: 'unanswered', message: error.detail };
  return { outcome: 'refused', payBy: null, message: error.detail };
}

type Result = Pick<OutageResult, 'outcome' | 'payBy' | 'message'>;

async function extend(
  { commands, actions, now }: OutagePorts,
  { id, minutes }: Outage,
  { orderId, draft }: AffectedOrder,
): Promise<Result> {
  const commandId = outageCommandId(id, orderId);
  // The present deadline may have been moved by this very command, whose answer was lost: then it is not moved from there.
  if (await actions.extendedBy(orderId, commandId))
    return { outcome: 'extended', payBy: draft.payBy, message: 'extended before, its answer was lost' };
  const wanted = Math.max(Date.parse(draft.payBy), now()) + minutes * 60_000;
  const payBy = new Date(Math.min(wanted, now() + LONGEST_EXTENSION_MS - CLOCK_SKEW_MS)).toISOString();
  const answer = await commands.extend({ orderId, draft, commandId }, payBy);
  if (answer.t === 'extended') {
    const lapses = answer.attemptExpiresAt;
    const renew = lapses === null ? '' : `; the payment on offer lapses at ${lapses}, another attempt renews it`;
    return { outcome: 'extended', payBy: answer.payBy, message: `open until ${answer.payBy}${renew}` };
  }
  const message = answer.t === 'refused' ? answer.why : `the order is ${answer.status}`;
  return { outcome: 'refused', payBy: null, message };
}
