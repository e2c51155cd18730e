import { type Order } from '../../domain/order';
import { type OrderInside, type ProcessReading } from '../../ports/console-reads';
import { type AttemptView, type Explanation } from '../contract';
import { CLOSE_REASON_WORDS, GATEWAY_NAMES } from './words';

/** What an explanation is made of. */
export interface Situation {
  readonly order: Order;
  readonly inside: OrderInside;
  readonly process: ProcessReading;
  readonly attempts: readonly AttemptView[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Closings end within seconds as a rule; past this somebody should know why one does not. */
const LONG_CLOSING_MS = 2 * 60_000;
/** A workflow takes up an order's deadline within a second or two. */
const OVERDUE_MS = 60_000;

/** Why the order is where it is and what happens next, in sentences. */
export function explain(situation: Situation): Explanation {
  const { order, inside } = situation;
  const told = BY_STATUS[order.status](situation);
  const details = [...told.details, ...processDetails(situation)];
  if (inside.manualSince === null) return { ...told, details };
  const marked = 'Marked for manual handling: its stock does not go back by itself until the mark is taken away.';
  return { ...told, tone: 'person', details: [marked, ...details] };
}

const BY_STATUS: Readonly<Record<Order['status'], (of: Situation) => Explanation>> = {
  placing: () => ({
    tone: 'attention',
    headline: 'The order is being placed.',
    next: 'It is held or rejected within seconds.',
    details: [],
  }),
  awaiting_payment: awaiting,
  closing,
  paid: ({ attempts }) => {
    const paid = attempts.find(({ status }) => status === 'paid' || status === 'refunded');
    return done(`The order is paid${paid ? ` at ${GATEWAY_NAMES[paid.gateway]}` : ''}, its stock is sold.`);
  },
  refunding: refunding,
  refunded: () => done('All of the money went back.'),
  cancelled: ({ order }) => {
    const reason = CLOSE_REASON_WORDS[order.closeReason ?? ''];
    return done(
      `The order is cancelled${reason ? `: ${reason}` : ''}. The gateway proved that nobody can pay; the stock is back.`,
    );
  },
  rejected: () => done('The order was rejected: its stock could not be held. Nothing was offered for payment.'),
};

function done(headline: string): Explanation {
  return { tone: 'done', headline, next: 'Nothing more happens by itself.', details: [] };
}

function awaiting({ order, attempts, now }: Situation): Explanation {
  const attempt = attempts[0];
  const overdue = now - Date.parse(order.payBy) > OVERDUE_MS;
  const next = overdue
    ? 'Its window is over, and its workflow has not begun to close it: workers are down or far behind.'
    : `If nobody pays by ${order.payBy}, the payment is closed at the gateway, and then the stock goes back.`;
  if (!attempt)
    return { tone: tone(overdue), headline: 'The order waits for the buyer to choose how to pay.', next, details: [] };
  const where = GATEWAY_NAMES[attempt.gateway];
  if (attempt.status === 'pending') {
    const lapsed = Date.parse(attempt.expiresAt) <= now;
    const details = lapsed
      ? [`The payment on offer lapsed at ${attempt.expiresAt}; offering it again makes a new one.`]
      : [];
    return {
      tone: tone(overdue || lapsed),
      headline: `The order waits for the buyer to pay at ${where}.`,
      next,
      details,
    };
  }
  const answer = attempt.lastAnswer ? ` The last answer: ${attempt.lastAnswer.words}.` : ' It has not answered yet.';
  const headline =
    attempt.status === 'failed'
      ? `${where} refused to take the payment, so the buyer cannot pay there.${answer}`
      : `${where} has not yet taken the payment on, so the buyer cannot pay.${answer}`;
  return { tone: 'attention', headline, next, details: [] };
}

const tone = (late: boolean): Explanation['tone'] => (late ? 'attention' : 'waiting');

function closing({ order, inside, process, attempts, now }: Situation): Explanation {
  const attempt = attempts.find(({ status }) => status !== 'closed') ?? attempts[0];
  const where = attempt ? GATEWAY_NAMES[attempt.gateway] : 'the gateway';
  const reason = CLOSE_REASON_WORDS[order.closeReason ?? ''] ?? 'it is to end';
  const long = now - Date.parse(inside.since) > LONG_CLOSING_MS;
  const said = attempt?.lastAnswer;
  if (said?.outcome === 'closed') return provedUnpayable(where, reason, inside);
  const headline = said
    ? `The order is being closed because ${reason}, and ${where} has not proved that nobody can pay any more: ${said.words}.`
    : `The order is being closed because ${reason}; ${where} has not answered yet.`;
  const nextAskAt = process.t === 'answered' ? process.nextAskAt : null;
  const when = nextAskAt ? `${where} is asked again at ${nextAskAt}` : `${where} is asked again by itself`;
  const details = [
    'The stock stays held: it goes back only on proof that nobody can pay.',
    ...(process.t === 'answered' && process.asked ? [`${where} was asked ${times(process.asked)} so far.`] : []),
  ];
  return {
    tone: long || said?.outcome === 'rejected' ? 'attention' : 'waiting',
    headline,
    next: `${when}. If it was paid, the order becomes paid; if it is closed, the order is cancelled and the stock goes back.`,
    details,
  };
}

/** For a moment only, unless a person keeps the stock where it is. */
function provedUnpayable(where: string, reason: string, { manualSince }: OrderInside): Explanation {
  const next =
    manualSince === null
      ? 'The order is cancelled and its stock goes back at any moment.'
      : 'The order is cancelled and its stock goes back once the mark for manual handling is taken away.';
  const headline = `The order is being closed because ${reason}; ${where} has proved that nobody can pay any more.`;
  return { tone: 'waiting', headline, next, details: [] };
}

function refunding({ inside }: Situation): Explanation {
  const open = inside.refunds.filter(({ status }) => status !== 'succeeded');
  const manual = open.find(({ status }) => status === 'manual');
  if (manual) {
    return {
      tone: 'person',
      headline: `${GATEWAY_NAMES[manual.gateway]} will not make the refund ${manual.id}: a person has to pay it back.`,
      next: 'The gateway is asked once a day whether it was done after all.',
      details: [`It had ${times(manual.tries)} a number there; the last was ${manual.number}.`],
    };
  }
  const [latest] = open;
  const where = latest ? GATEWAY_NAMES[latest.gateway] : 'the gateway';
  return {
    tone: 'waiting',
    headline: `A refund is on its way at ${where}.`,
    next: 'The gateway is asked again, seconds apart at first and then minutes, until it has settled it.',
    details: [],
  };
}

/** Where the workflow is missing or silent, that is why nothing moves. */
function processDetails({ order, process }: Situation): string[] {
  const open = order.status === 'awaiting_payment' || order.status === 'closing';
  if (!open) return [];
  if (process.t === 'missing') return ['It has no workflow yet: the starter gives it one within seconds.'];
  if (process.t === 'ended') return ['Its workflow was ended by hand; reconciliation starts it again.'];
  if (process.t === 'silent')
    return ['Its workflow did not answer just now: no worker is free, or Temporal cannot be reached.'];
  return [];
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
