import { GATEWAYS } from '../../src/domain/payment';
import { planRun } from './plan';
import { describeRuns } from './report';
import { chaosRun, type RunReport } from './run';
import { chaosSettings, TIME_LIMIT_MS } from './settings';

describe('orders under random faults, races and kills', () => {
  const { seeds, orders } = chaosSettings(process.env);

  it('a seed plans the same run each time, another seed another one', () => {
    expect(planRun(7, 50)).toEqual(planRun(7, 50));
    expect(planRun(8, 50)).not.toEqual(planRun(7, 50));
  });

  const reports: RunReport[] = [];
  afterAll(() => {
    if (reports.length > 1) process.stdout.write(`all seeds\n${describeRuns(reports)}`);
  });

  it.each(seeds)(
    `seed %d, ${orders} orders: every invariant holds`,
    async (seed) => {
      const report = await chaosRun(seed, orders);
      reports.push(report);
      process.stdout.write(describeRuns([report]));
      expect(report.violations).toEqual([]);
      expect(report.wrongAnswers).toEqual([]);
      // A run that hurt nobody shows nothing.
      expect(report.faults.total).toBeGreaterThan(orders / 4);
      expect(report.kills).toBeGreaterThan(0);
      expect(report.attempts.names).toEqual([...GATEWAYS].sort());
    },
    TIME_LIMIT_MS,
  );
});
