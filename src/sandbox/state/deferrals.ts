import { randomUUID } from 'node:crypto';
import { type Holds } from '../faults/holds';
import { type Fault } from '../faults/registry';
import { type SandboxClock } from './clock';
import { type Store } from './store';
import { type Deferred, type GatewayName } from './types';

/** Commands whose effect lands later. They are in the journal: one that was due while the process was down runs at start. */
export class Deferrals {
  private run: (deferred: Deferred) => void = () => undefined;

  constructor(
    private readonly store: Store,
    private readonly clock: SandboxClock,
    private readonly holds: Holds,
  ) {}

  /** Takes up what an earlier process left; `run` does a command's effect synchronously. */
  start(run: (deferred: Deferred) => void): void {
    this.run = run;
    for (const deferred of this.store.pendingDeferrals()) this.arm(deferred, '');
  }

  /** Runs `command` at `gateway` after the fault's `ms`, or when the fault is removed. */
  defer(gateway: GatewayName, command: unknown, fault: Fault): void {
    const deferred: Deferred = { id: randomUUID(), gateway, command, dueAt: this.clock.machineMs() + fault.ms };
    this.store.commit({ type: 'deferred', deferred });
    this.arm(deferred, fault.id);
  }

  private arm(deferred: Deferred, faultId: string): void {
    this.holds.after(faultId, deferred.dueAt - this.clock.machineMs(), () => {
      this.run(deferred);
      this.store.commit({ type: 'deferred_done', id: deferred.id });
    });
  }
}
