import { type TimelineFact } from '../../domain/order';
import { type OrderStatus } from '../../domain/order-status';
import { type TimelineEntry } from '../contract';
import { CLOSE_REASON_WORDS, outcomeInWords, STATUS_WORDS } from './words';

/** Fields of facts that free text of buyers or callers is in: what a form may hold, a timeline on a screen need not show. */
const FREE_TEXT = ['note'];

/** The timeline with a sentence for each fact. */
export function presentTimeline(facts: readonly TimelineFact[]): TimelineEntry[] {
  return facts.map(({ at, kind, what, data }) => ({
    ...{ at, kind, what },
    words: sentenceOf({ at, kind, what, data }),
    data: Object.fromEntries(Object.entries(data).filter(([name]) => !FREE_TEXT.includes(name))),
  }));
}

function sentenceOf(fact: TimelineFact): string {
  return WORDS[fact.kind](fact);
}

const OPS: Readonly<Record<string, string>> = {
  create: 'Asked the gateway to take a payment',
  query: 'Asked the gateway how the payment stands',
  close: 'Asked the gateway to close the payment',
};

const STOCK: Readonly<Record<string, string>> = {
  hold: 'reserved',
  confirm: 'sold',
  release: 'returned to the shelf',
  restock: 'put back on sale',
};

const POINTS: Readonly<Record<string, string>> = {
  hold: 'set aside',
  release: 'given back',
  spend: 'spent',
  close: 'no longer payable with',
  refund: 'refunded',
  earn: 'earned',
  take_back: 'taken back',
};

const PROMOTION: Readonly<Record<string, string>> = { hold: 'held', confirm: 'used', release: 'given back' };

const WORDS: Readonly<Record<TimelineFact['kind'], (fact: TimelineFact) => string>> = {
  state: ({ what, data }) => {
    const status = STATUS_WORDS[what as OrderStatus] ?? what;
    const reason = CLOSE_REASON_WORDS[text(data, 'reason')];
    return `The order is ${status}${what === 'closing' && reason ? `: ${reason}` : ''}.`;
  },
  stock: ({ what, data }) => `${text(data, 'quantity')} × ${text(data, 'skuId')} ${STOCK[what] ?? what}.`,
  promotion: ({ what, data }) =>
    `${text(data, 'quantity')} of the promotion ${text(data, 'promotionId')} ${PROMOTION[what] ?? what}.`,
  points: ({ what, data }) => `${Math.abs(Number(data['delta'] ?? 0))} points ${POINTS[what] ?? what}.`,
  payment: ({ what, data }) => paymentWords(what, data),
  gateway: ({ what, data }) => {
    const [op = '', outcome = ''] = what.split(': ');
    return `${OPS[op] ?? `Asked the gateway (${op})`}: ${outcomeInWords(outcome, data)}.`;
  },
  action: ({ what, data }) => actionWords(what, data),
};

/** `operator: retry_now asked`, with who and why or with what came of it; `payment window extended`. */
function actionWords(what: string, data: TimelineFact['data']): string {
  if (what === 'escalated') return 'The closing takes long: a person was told.';
  const by = text(data, 'by');
  const said = text(data, 'reason') || text(data, 'message');
  const done = capital(what.replace(/^operator: /, '').replaceAll('_', ' '));
  return `${done}${by && ` by ${by}`}${said && `: ${said}`}.`;
}

function paymentWords(what: string, data: TimelineFact['data']): string {
  const [subject = '', outcome] = what.split(': ');
  if (what === 'creating')
    return `A payment attempt at ${text(data, 'gateway')} was numbered ${text(data, 'merchantNo')}.`;
  if (what === 'notified') return 'The gateway told us of a payment.';
  if (what === 'notified of a wrong amount')
    return 'The gateway told us of a payment of a wrong amount: kept for a person.';
  if (what === 'late payment: sent back') return 'Money that came too late is sent back.';
  if (what === 'late payment') return 'Money came too late.';
  if (subject === 'refund' && outcome) return `Refund ${text(data, 'refundId')}: ${refundWords(outcome, data)}.`;
  return `${capital(what)}.`;
}

function refundWords(outcome: string, data: TimelineFact['data']): string {
  if (outcome === 'manual') return 'the gateway will not do it, a person has to pay it back';
  return outcomeInWords(text(data, 't') || outcome, data);
}

function text(data: TimelineFact['data'], name: string): string {
  const value = data[name];
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return isNamed(value) ? value.name : '';
}

function isNamed(value: unknown): value is { readonly name: string } {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
