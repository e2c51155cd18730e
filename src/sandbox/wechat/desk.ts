import { type Core } from '../core';
import { type Answer } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type RefundStatus } from '../state/types';
import { type RefundBody } from './fields';
import { type WechatSecrets } from './keys';
import { type RefundCommand } from './refunds';
import { type PrepayCommand } from './trade';

/** Everything a client can ask for, as data: a deferred one must survive a restart. */
export type WechatCommand =
  | PrepayCommand
  | RefundCommand
  | { readonly op: 'query' | 'close'; readonly merchantNo: string }
  | { readonly op: 'queryRefund'; readonly refundNo: string }
  | {
      readonly op: 'settleRefund';
      readonly refundNo: string;
      readonly status: Exclude<RefundStatus, 'PROCESSING'>;
    };

/** What the routes need of the gateway. */
export interface WechatDesk {
  readonly core: Core;
  readonly secrets: WechatSecrets;
  execute(command: WechatCommand, fault: Fault | null): Answer;
  /** The merchant number that a refund number belongs to; itself when nobody knows it. */
  merchantNoOfRefund(refundNo: string): string;
  merchantNoOf(body: RefundBody): string;
}
