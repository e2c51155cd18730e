import { type Holds } from './faults/holds';
import { type FaultRegistry } from './faults/registry';
import { type SandboxClock } from './state/clock';
import { type Deferrals } from './state/deferrals';
import { type Store } from './state/store';

/** What the provider-neutral core lends to a gateway. */
export interface Core {
  readonly store: Store;
  readonly clock: SandboxClock;
  readonly holds: Holds;
  readonly faults: FaultRegistry;
  readonly deferrals: Deferrals;
}
