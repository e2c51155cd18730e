import { showReconciliation } from '../../../src/main/reconciliation';
import { createMetrics } from '../../../src/telemetry/metrics';
import { FakeCases } from '../../http/support/reconciliation';

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('the age of the last run of the reconciliation', () => {
  const ageAfter = async (lastRunAge: number | null, ms: number): Promise<string | undefined> => {
    const metrics = createMetrics(QUIET);
    let now = 1_000_000;
    const cases = Object.assign(new FakeCases(), { lastRunAgeSeconds: () => Promise.resolve(lastRunAge) });
    showReconciliation({ stores: { cases }, metrics, now: () => now });
    now += ms;
    return /^holdfast_reconcile_last_run_age_seconds (.*)$/m.exec(await metrics.metrics())?.[1];
  };

  it('is that of the run that ended last', async () => {
    expect(await ageAfter(77, 3_600_000)).toBe('77');
  });

  it('grows from the start of the process where none has ever run, so that it can be too old', async () => {
    expect(await ageAfter(null, 3_600_000)).toBe('3600');
  });
});
