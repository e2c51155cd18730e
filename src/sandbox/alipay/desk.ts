import { type Core } from '../core';
import { type Answer } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type RefundStatus } from '../state/types';
import { type AlipaySecrets } from './keys';
import { type Numbers, type RefundCommand, type RefundQueryCommand } from './refunds';
import { type CreateCommand } from './trade';

/** Everything a client can ask for, as data: a deferred one must survive a restart. */
export type AlipayCommand =
  | CreateCommand
  | RefundCommand
  | RefundQueryCommand
  | { readonly op: 'query' | 'close'; readonly merchantNo: string }
  | {
      readonly op: 'settleRefund';
      readonly refundNo: string;
      readonly status: Exclude<RefundStatus, 'PROCESSING'>;
    };

/** What the routes need of the gateway. */
export interface AlipayDesk {
  readonly core: Core;
  readonly secrets: AlipaySecrets;
  execute(command: AlipayCommand, fault: Fault | null): Answer;
  /** The merchant number of a trade named by either number; what was given when nobody knows it. */
  merchantNoOf(numbers: Numbers): string;
}
