/** Watches requests that share batches, from outside. It changes nothing of what they come to. */
export interface BatchObserver<Q, E = unknown> {
  /** A request has come in and waits; what is answered is handed back as it leaves. */
  entered(request: Q): E;
  /** These have waited too long and are refused. */
  dropped(entered: readonly E[]): void;
  /** These go together: `flight` resolves once each of them has its answer, and never rejects. */
  took(entered: readonly E[], flight: () => Promise<void>): Promise<void>;
}
