import { defineUpdate } from '@temporalio/workflow';
import { type ReconcileClass } from '../../src/domain/reconcile';

/** The one that people start; those of the schedule have the schedule's id with a time. */
export const RECONCILE_NOW = 'reconcile:now';

/** Comparisons have a queue of their own beside the workflows', so that a run starves no order. */
export function reconcileTaskQueue(taskQueue: string): string {
  return `${taskQueue}-reconcile`;
}

export interface ReconcileInput {
  /** Only ever set by the workflow itself: where a run goes on after its history was cut. */
  readonly soFar?: RunSoFar;
}

export interface RunSoFar {
  readonly runId: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly secondLookMs: number;
  readonly progress: Readonly<Partial<Record<ReconcileClass, { readonly checked: number; readonly failed?: true }>>>;
  /** Where the next step begins. */
  readonly place:
    | { readonly step: 'look'; readonly class: number; readonly after: string | null }
    | { readonly step: 'again'; readonly after: string | null }
    | { readonly step: 'house' };
}

export interface ReconcileResult {
  readonly runId: string;
  /** Another run was under way: this one did nothing. */
  readonly joined: boolean;
}

/** Why `whichRun` is refused: this run tells its result already, and is not one that begins now. */
export const RUN_ENDING = 'RUN_ENDING';

/** Which run this is, or which one it leaves the work to. */
export const whichRun = defineUpdate<{ readonly runId: string }>('whichRun');
