/** Outage mode: every order that waits at a gateway gets more time, one by one, with a result each. */
import { type GatewayName } from '../domain/payment';
import { type ActorView } from './contract-common';

/** POST /outages with an Idempotency-Key, answered by OutageView. */
export interface StartOutage {
  readonly gateway: GatewayName;
  /** By how much each deadline is extended; 1 to 1440. */
  readonly minutes: number;
  /** 3 to 500 characters. */
  readonly reason: string;
}

/** GET /outages: {items: OutageView[], nextCursor}, newest first; GET /outages/{id}; POST /outages/{id}/stop {}. */
export interface OutageView {
  readonly id: string;
  readonly gateway: GatewayName;
  readonly minutes: number;
  readonly reason: string;
  readonly startedBy: Pick<ActorView, 'id' | 'name'>;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly state: 'running' | 'done' | 'stopped';
  readonly extended: number;
  readonly refused: number;
}

/** GET /outages/{id}/results: {items: OutageResultView[], nextCursor}. */
export interface OutageResultView {
  readonly orderId: string;
  readonly at: string;
  readonly outcome: 'extended' | 'refused';
  /** The new deadline, where it was extended. */
  readonly payBy: string | null;
  readonly message: string;
}
