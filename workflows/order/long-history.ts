import { patched, workflowInfo } from '@temporalio/workflow';

/**
 * Whether the server advises to go on in a new run: what is asked for weeks would reach the limit of a history, and there
 * the server ends the workflow. The patch keeps runs that were longer than that before they knew of it as they were.
 */
export function historyGrewLong(): boolean {
  return workflowInfo().continueAsNewSuggested && patched('2026-11-21-polling-in-new-runs');
}
