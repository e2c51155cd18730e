import { type Fault } from '../support/sandbox-control';
import { type Random } from './random';

/** A fault without the order that it will hit. */
export type PlannedFault = Omit<Fault, 'match'>;

/** Longer than the run's gateway limit, so the client gives up first. */
const BEYOND_LIMIT_MS = 2_000;

const ANSWERLESS = [
  'drop_before_effect',
  'timeout_after_effect',
  'reset',
  'error_500_before',
  'error_500_after',
] as const;
const UNREADABLE = ['throttled_429', 'html_body', 'truncated_body', 'bad_signature', 'missing_signature'] as const;
const CALL_FAULTS = ['latency', ...ANSWERLESS, ...UNREADABLE] as const;
const QUERY_FAULTS = [...CALL_FAULTS, 'stale_query', 'user_paying'] as const;
const CLOSE_FAULTS = [...CALL_FAULTS, 'user_paying', 'pay_before_close', 'early_close_failure'] as const;
const REFUND_FAULTS = [...CALL_FAULTS, 'refund_processing', 'refund_closed'] as const;
const NOTIFY_FAULTS = [
  ...['duplicate', 'lost', 'delayed', 'reordered', 'bad_signature', 'missing_signature', 'drop_before_effect'],
  ...['timeout_after_effect', 'truncated_body'],
] as const;

export function createFault(random: Random): PlannedFault {
  return spelled(random, 'create', random.pick(CALL_FAULTS), 1);
}

/** What an attempt suffers: most of them something, some a lot. */
export function attemptFaults(random: Random): PlannedFault[] {
  const faults: PlannedFault[] = [];
  if (random.chance(0.5)) faults.push(spelled(random, 'close', random.pick(CLOSE_FAULTS), random.int(1, 3)));
  if (random.chance(0.3)) faults.push(spelled(random, 'close', random.pick(CLOSE_FAULTS), 1));
  if (random.chance(0.5)) faults.push(spelled(random, 'query', random.pick(QUERY_FAULTS), random.int(1, 3)));
  if (random.chance(0.6)) faults.push(spelled(random, 'notify', random.pick(NOTIFY_FAULTS), random.int(1, 2)));
  if (random.chance(0.6)) faults.push(spelled(random, 'refund', random.pick(REFUND_FAULTS), random.int(1, 2)));
  if (random.chance(0.4)) faults.push(spelled(random, 'queryRefund', random.pick(CALL_FAULTS), 1));
  return faults;
}

function spelled(random: Random, op: Fault['op'], fault: string, times: number): PlannedFault {
  return { op, fault, times, ...durations(random, fault) };
}

function durations(random: Random, fault: string): { ms?: number; copies?: number } {
  switch (fault) {
    case 'latency':
      return { ms: random.int(50, 600) };
    case 'timeout_after_effect':
      return { ms: BEYOND_LIMIT_MS };
    case 'delayed':
    case 'reordered':
      return { ms: random.int(200, 5_000) };
    case 'refund_processing':
      return { ms: random.int(200, 2_000) };
    case 'duplicate':
      return { copies: random.int(2, 8) };
    default:
      return {};
  }
}
