import { type OperatorAction } from '../../src/domain/operator-action';
import { type OperatorActionRecord } from '../../src/ports/operator-actions';
import { type Answer, type ApiClient } from './api-client';

let asked = 0;

/** Asks for an action as an operator does over the API; a request of its own unless a key is given. */
export function act(
  api: ApiClient,
  orderId: string,
  action: OperatorAction,
  key = `act-${process.pid}-${(asked += 1)}`,
): Promise<Answer<OperatorActionRecord>> {
  const body = { action, reason: 'the buyer called' };
  return api.call('POST', `/v1/orders/${orderId}/actions`, body, { 'idempotency-key': key });
}

/** A later time, as the wire has it. */
export const later = (time: string, ms: number): string => new Date(Date.parse(time) + ms).toISOString();
