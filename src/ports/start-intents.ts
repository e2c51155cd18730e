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
   * `leaseMs`. Orders that this process placed in a rush it may claim before others may, unless it has released them. Refunds and late payments are a shop of their own.
   */
  claim(limit: number, leaseMs: number): Promise<StartIntent[]>;
  done(intents: readonly StartIntent[]): Promise<void>;
  /** What this process placed in a rush, and has not claimed, is anybody's to claim from now on. */
  release(): Promise<void>;
  /** Says that somebody beside a worker looks at what waits. */
  attend(): Promise<void>;
  /** How it stands for whoever leaves what waits to them. `backlog`: how many waiting are more than they get on with. */
  attendance(backlog: number): Promise<Attendance>;
  pending(): Promise<number>;
}

/** Who looks at what waits, and at how much. */
export interface Attendance {
  /** Somebody beside a worker has looked within the last twenty seconds. */
  readonly attended: boolean;
  /** As many wait as were asked for, those included that are being started. */
  readonly backlog: boolean;
}
