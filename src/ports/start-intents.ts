import { type ProcessDraft } from './order-process';

export interface StartIntent {
  readonly orderId: string;
  readonly draft: ProcessDraft;
}

/** Orders that were answered but may not have their workflow yet. Written with the order; gone when the start is known. */
export interface StartIntents {
  /** The oldest intents that nobody else holds; each is leased to the caller for `leaseMs`. */
  claim(limit: number, leaseMs: number): Promise<StartIntent[]>;
  done(orderIds: readonly string[]): Promise<void>;
  pending(): Promise<number>;
}
