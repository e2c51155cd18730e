import { type GatewayName } from '../domain/payment';
import { type ProcessDraft } from './process-draft';

/** A process that has to run: an order's, a refund's, or that of money which came too late. */
export type StartIntent =
  | { readonly kind: 'order'; readonly id: string; readonly draft: ProcessDraft }
  | { readonly kind: 'refund'; readonly id: string; readonly gateway: GatewayName }
  | { readonly kind: 'late_payment'; readonly id: string };

/** What was answered but may not have its workflow yet. Written with the fact; gone when the start is known. */
export interface StartIntents {
  /**
   * Intents that nobody else holds, one of each shop in turn, each shop's oldest first; each is leased to the caller for
   * `leaseMs`. Orders that this process placed in a rush it may claim before others may. Refunds and late payments are a shop of their own.
   */
  claim(limit: number, leaseMs: number): Promise<StartIntent[]>;
  done(intents: readonly StartIntent[]): Promise<void>;
  /** What this process placed in a rush is anybody's to claim from now on. */
  release(): Promise<void>;
  /** Whether others get on with what waits; `leaseMs`: what their claims lease it for. */
  standing(leaseMs: number): Promise<IntentStanding>;
  pending(): Promise<number>;
}

/** What waits, as a starter looks at it that leaves it to others. */
export interface IntentStanding {
  /** Something has been free to claim for seconds. */
  readonly overdue: boolean;
  /** Somebody has claimed something within the last seconds. */
  readonly attended: boolean;
}
