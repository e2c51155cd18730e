import { type CaseState, FINDINGS } from '../../../src/domain/reconcile';
import { type Page } from '../../../src/ports/catalogue';
import {
  type CaseDecision,
  type CaseQuery,
  type ReconcileCase,
  type Reconciliation,
  type ReconciliationCases,
  type ReconcileRun,
} from '../../../src/ports/reconciliation';

const AT = '2026-01-01T00:00:00.000Z';
const { class: of, meaning, advice } = FINDINGS.stock_differs;

/** A case of a SKU whose counters differ from its ledger. */
export const CASE: ReconcileCase = {
  id: 'case_01J00000000000000000000000',
  ...{ class: of, code: 'stock_differs', meaning, advice, state: 'open' },
  subject: { kind: 'sku', id: 'sku_tea' },
  found: { counters: { available: 7 }, ledger: { available: 8 } },
  ...{ firstSeenAt: AT, lastSeenAt: AT, settledAt: null, resolvedBy: null, note: null },
};

export const RUN: ReconcileRun = {
  id: 'rec_01J00000000000000000000000',
  ...{ startedAt: AT, endedAt: AT, window: { from: AT, to: AT }, at: null },
  classes: [{ class: 'counters', checked: 1, mended: 0, opened: 1, failed: false }],
};

/** One case, one run. */
export class FakeCases implements ReconciliationCases {
  readonly asked: CaseQuery[] = [];
  private one: ReconcileCase = CASE;

  list(query: CaseQuery): Promise<Page<ReconcileCase>> {
    this.asked.push(query);
    return Promise.resolve({ items: [this.one], nextCursor: null });
  }

  find(id: string): Promise<ReconcileCase | null> {
    return Promise.resolve(id === this.one.id ? this.one : null);
  }

  resolve(decision: CaseDecision): Promise<ReconcileCase | null> {
    return this.decide(decision, 'resolved');
  }

  ignore(decision: CaseDecision): Promise<ReconcileCase | null> {
    return this.decide(decision, 'ignored');
  }

  runs(): Promise<readonly ReconcileRun[]> {
    return Promise.resolve([RUN]);
  }

  findRun(id: string): Promise<ReconcileRun | null> {
    return Promise.resolve(id === RUN.id ? RUN : null);
  }

  openPerClass() {
    return Promise.resolve(new Map());
  }

  lastRunAgeSeconds() {
    return Promise.resolve(null);
  }

  private decide({ id, actor, note }: CaseDecision, state: CaseState): Promise<ReconcileCase | null> {
    if (id !== this.one.id || this.one.state !== 'open') return Promise.resolve(null);
    this.one = { ...this.one, state, note, resolvedBy: actor.name, settledAt: AT };
    return Promise.resolve(this.one);
  }
}

/** Starts `RUN`. */
export const fakeReconciliation: Reconciliation = { runNow: () => Promise.resolve({ runId: RUN.id }) };
