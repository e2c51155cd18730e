import { tableOf } from '../../../src/main/reconcile-report';
import { type ReconcileRun } from '../../../src/ports/reconciliation';

it('a run as a table; a class that failed says so', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const run: ReconcileRun = {
    ...{ id: 'rec_1', startedAt: at, endedAt: at, window: { from: at, to: at }, at: null },
    classes: [
      { class: 'counters', checked: 1200, mended: 0, opened: 1, failed: false },
      { class: 'gateway', checked: 7, mended: 2, opened: 0, failed: true },
    ],
  };
  expect(tableOf(run)).toEqual([
    'class     checked  mended  opened',
    'counters     1200       0       1',
    'gateway         7       2       0  FAILED: see the log',
  ]);
});
