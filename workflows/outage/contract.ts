import { defineQuery } from '@temporalio/workflow';

/** `out_01J…` → `outage:out_01J…`. */
export function outageWorkflowId(outageId: string): string {
  return `outage:${outageId}`;
}

/** What was asked for, and what has come of it, is in PostgreSQL under its id. */
export interface OutageInput {
  readonly outageId: string;
  /** Only ever set by the workflow itself: what earlier runs counted. */
  readonly soFar?: OutageProgress;
}

export interface OutageProgress {
  readonly extended: number;
  readonly refused: number;
}

export interface OutageEnd extends OutageProgress {
  readonly outageId: string;
}

export const getOutageProgress = defineQuery<OutageProgress>('getOutageProgress');
