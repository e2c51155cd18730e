import { createMetrics } from '../../../src/telemetry/metrics';

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('createMetrics', () => {
  it('shows counters and histograms by label, and what libraries show beside them', async () => {
    const metrics = createMetrics(QUIET);
    const count = metrics.counterPer(['state'], 'holdfast_things_total', 'Things');
    const took = metrics.histogramPer(['outcome'], 'holdfast_thing_seconds', 'Time', [0.1, 1]);
    metrics.append(() => Promise.resolve('# TYPE temporal_things counter\ntemporal_things 3\n'));
    count({ state: 'paid' });
    count({ state: 'paid' });
    took({ outcome: 'done' }, 0.5);
    const text = await metrics.metrics();
    expect(text).toContain('holdfast_things_total{state="paid"} 2');
    expect(text).toContain('holdfast_thing_seconds_bucket{le="0.1",outcome="done"} 0');
    expect(text).toContain('holdfast_thing_seconds_bucket{le="1",outcome="done"} 1');
    expect(text).toContain('temporal_things 3');
  });

  it('goes on without what a library can’t show', async () => {
    const metrics = createMetrics(QUIET);
    metrics.append(() => Promise.reject(new Error('away')));
    expect(await metrics.metrics()).toContain('holdfast_alerts_total');
  });
});
