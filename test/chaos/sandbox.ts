import { type LedgerEntry } from '../support/sandbox-control';
import { type World } from '../support/world';

/** The whole of a ledger row: the tests' oracle. */
export interface LedgerRow extends LedgerEntry {
  /** RFC 3339, the provider's clock; it is this machine's. */
  readonly at: string;
  readonly gateway: string;
  readonly refundNo?: string;
}

export interface ArmedFault {
  readonly id: string;
  readonly op: string;
  readonly fault: string;
  /** How many operations it would still hit. */
  readonly left: number;
}

export async function ledgerOf({ sandbox }: World): Promise<LedgerRow[]> {
  return (await sandbox.ledger()) as LedgerRow[];
}

export async function armedFaults({ sandbox }: World): Promise<ArmedFault[]> {
  return (await (await fetch(`${sandbox.url}/_sandbox/faults`)).json()) as ArmedFault[];
}

/** The provider is healthy from here on: nothing more goes wrong, and what it held back goes out. */
export async function removeFaults({ sandbox }: World, which: (fault: ArmedFault) => boolean): Promise<void> {
  const doomed = (await armedFaults({ sandbox } as World)).filter(which);
  await Promise.all(doomed.map(({ id }) => fetch(`${sandbox.url}/_sandbox/faults/${id}`, { method: 'DELETE' })));
}

/** As `removeFaults` for all of them, those used up and still holding something back included. */
export async function removeAllFaults({ sandbox }: World): Promise<void> {
  await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'DELETE' });
}
