/** Cases of the reconciliation, as the console shows them. */
import { type ReconcileClass } from '../domain/reconcile';
import { type ReconcileCase } from '../ports/reconciliation';

/**
 * GET /reconciliation/cases?state=&class=&cursor=&limit=: PageOf<CaseView>; GET /reconciliation/cases/{id}: CaseView.
 * POST /reconciliation/cases/{id}/resolve and …/ignore take CaseNote and answer the case.
 */
export interface CaseView extends ReconcileCase {
  /** The order that it is about, where it names one. */
  readonly orderId: string | null;
}

export interface CaseNote {
  /** 3 to 500 characters. */
  readonly note: string;
}

/** GET /reconciliation/runs: {items: RunView[]}, latest first. POST /reconciliation/runs {} answers RunStarted. */
export interface RunView {
  readonly id: string;
  readonly startedAt: string;
  /** Null while it runs. */
  readonly endedAt: string | null;
  readonly window: { readonly from: string; readonly to: string };
  /** What it is at; null once it ended. */
  readonly at: string | null;
  readonly classes: readonly {
    readonly class: ReconcileClass;
    readonly checked: number;
    readonly mended: number;
    readonly opened: number;
  }[];
}

export interface RunStarted {
  readonly runId: string;
}
