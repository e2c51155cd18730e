import { type Core } from '../core';
import { type Answer } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type RefundStatus } from '../state/types';
import { type DeliverCommand } from './events';
import { type ListQuery } from './fields';
import { type StripeKeys } from './keys';
import { type StripeRecords } from './records';
import { type RefundCommand, type StripeRefunds } from './refunds';
import { type CreateCommand, type Kind, type StripeTrade } from './trade';

/** Everything a client can ask for, as data: a deferred one must survive a restart. */
export type StripeCommand =
  | CreateCommand
  | RefundCommand
  | DeliverCommand
  | { readonly op: 'query'; readonly kind: Kind; readonly id: string; readonly expand: readonly string[] }
  | { readonly op: 'list'; readonly kind: Kind; readonly query: ListQuery }
  | { readonly op: 'close'; readonly kind: Kind; readonly id: string }
  | { readonly op: 'confirm'; readonly id: string }
  | { readonly op: 'queryRefund'; readonly id: string }
  | { readonly op: 'listRefunds'; readonly query: ListQuery }
  | {
      readonly op: 'settleRefund';
      readonly refundNo: string;
      readonly status: Exclude<RefundStatus, 'PROCESSING'>;
    };

/** What the routes need of the gateway. */
export interface StripeDesk {
  readonly core: Core;
  readonly keys: StripeKeys;
  readonly records: StripeRecords;
  readonly trade: StripeTrade;
  readonly refunds: StripeRefunds;
  /** @throws StripeRefusal for an id that nobody knows */
  execute(command: StripeCommand, fault: Fault | null): Answer;
}
