import { isId } from './ids';
import { MAX_MINOR, type Money } from './money';
import { GATEWAYS, type GatewayName } from './payment';
import { type StockLine } from './stock';

/** What an operator may do to an order. `manual` marks it for manual handling, `resume` takes the mark away. */
export const ACTION_KINDS = [
  'extend',
  'cancel',
  'retry_now',
  'switch_gateway',
  'refund',
  'restock',
  'manual',
  'resume',
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

export type OperatorAction =
  /** RFC 3339; later than the present deadline, at most `LONGEST_EXTENSION_MS` ahead. */
  | { readonly kind: 'extend'; readonly payBy: string }
  | { readonly kind: 'cancel' }
  /** Asks the gateway now instead of at the next time that is due. */
  | { readonly kind: 'retry_now' }
  | { readonly kind: 'switch_gateway'; readonly gateway: GatewayName }
  /** `amount` null: all that is left. `restock`: the units go back on sale once the money is on its way. */
  | { readonly kind: 'refund'; readonly amount: Money | null; readonly restock: boolean }
  | { readonly kind: 'restock'; readonly lines: readonly StockLine[] }
  | { readonly kind: 'manual' }
  | { readonly kind: 'resume' };

/**
 * `awaiting_approval` → `executing` once a second person approves, else `declined` or `expired`. `executing` → `done`, or
 * `refused` by the order as it stands.
 */
export const ACTION_STATES = ['awaiting_approval', 'executing', 'done', 'refused', 'declined', 'expired'] as const;
export type ActionState = (typeof ACTION_STATES)[number];

/** How long a second person may take; past it nobody remembers why the action was asked for. */
export const APPROVAL_MS = 24 * 3_600_000;
/** A deadline lies at most as far ahead as the longest payment window that may be configured. */
export const LONGEST_EXTENSION_MS = 24 * 3_600_000;
/** A reason says something, and fits a line of the timeline. UTF-16 units. */
export const REASON_LENGTH = { min: 3, max: 500 } as const;

/** Actions that move money or goods out of the shop: those that a second person may have to approve. */
export function movesOut(action: OperatorAction): action is Extract<OperatorAction, { kind: 'refund' | 'restock' }> {
  return action.kind === 'refund' || action.kind === 'restock';
}

/** A line of the order, as far as a restock is worth what it costs. */
interface PricedLine extends StockLine {
  readonly amount: Money;
}

/**
 * What an action moves out, in minor units of the order's currency; null for one that moves nothing. A refund of all that is
 * left counts with the whole order, units of a restock with what the buyer was charged for them, rounded up.
 */
export function amountMoved(
  action: OperatorAction,
  order: { readonly amount: Money; readonly lines: readonly PricedLine[] },
): number | null {
  if (action.kind === 'refund') return action.amount?.minor ?? order.amount.minor;
  if (action.kind !== 'restock') return null;
  return action.lines.reduce((sum, line) => {
    const priced = order.lines.filter(({ skuId }) => skuId === line.skuId);
    const units = priced.reduce((all, { quantity }) => all + quantity, 0);
    const charged = priced.reduce((all, { amount }) => all + amount.minor, 0);
    return units === 0 ? sum : sum + Math.ceil((charged * line.quantity) / units);
  }, 0);
}

/** A field and what is wrong with it. */
interface Fault {
  readonly path: string;
  readonly message: string;
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** Whether the text is a time as the wire has it. */
export function isTime(text: unknown): text is string {
  return typeof text === 'string' && RFC_3339.test(text) && !Number.isNaN(Date.parse(text));
}

/** Why a deadline cannot be moved there; null when it can. Times in RFC 3339, `now` in epoch milliseconds. */
export function faultOfDeadline(next: string, present: string, now: number): string | null {
  if (!isTime(next)) return 'must be a time as RFC 3339 has it';
  const at = Date.parse(next);
  if (at <= Date.parse(present) || at <= now) return 'must be later than now and than the present deadline';
  return at > now + LONGEST_EXTENSION_MS ? 'must be within the next 24 hours' : null;
}

/** Units of one line; the bound of an order's lines. */
const MOST_UNITS = 10_000;
const MOST_LINES = 50;

/** What is wrong with an action as it was sent, whatever order it is for. */
export function faultsOfAction(action: OperatorAction): Fault[] {
  switch (action.kind) {
    case 'extend':
      return isTime(action.payBy) ? [] : [{ path: 'action.payBy', message: 'must be a time as RFC 3339 has it' }];
    case 'switch_gateway':
      return GATEWAYS.includes(action.gateway)
        ? []
        : [{ path: 'action.gateway', message: `must be one of ${GATEWAYS.join(', ')}` }];
    case 'refund':
      return action.amount === null || isWhole(action.amount.minor, MAX_MINOR)
        ? []
        : [{ path: 'action.amount.minor', message: 'must be a positive integer of minor units' }];
    case 'restock':
      return faultsOfLines(action.lines);
    default:
      return [];
  }
}

function faultsOfLines(lines: readonly StockLine[]): Fault[] {
  if (lines.length === 0 || lines.length > MOST_LINES)
    return [{ path: 'action.lines', message: `must be 1 to ${MOST_LINES} lines` }];
  return lines.flatMap(({ quantity }, index) =>
    isWhole(quantity, MOST_UNITS)
      ? []
      : [{ path: `action.lines.${index}.quantity`, message: `must be an integer from 1 to ${MOST_UNITS}` }],
  );
}

function isWhole(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max;
}

/** The payment or refund that an action makes: named after it, so that a repeat makes the same one. */
export function idMadeBy(actionId: string, prefix: 'pay' | 'ref'): string {
  if (!isId('operatorAction', actionId)) throw new TypeError(`${actionId} is not the id of an action`);
  return actionId.replace(/^act/, prefix);
}
