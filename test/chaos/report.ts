import { type RunReport } from './run';
import { Tally } from './tally';

/** The runs in a few lines, and each violation with the command that plays its run again. */
export function describeRuns(reports: readonly RunReport[]): string {
  const [faults, answers, attempts, outcomes] = [new Tally(), new Tally(), new Tally(), new Tally()];
  for (const report of reports) {
    attempts.addAll(report.attempts);
    faults.addAll(report.faults);
    answers.addAll(report.answers);
    outcomes.addAll(report.outcomes);
  }
  const total = (of: (report: RunReport) => number): number => reports.reduce((sum, report) => sum + of(report), 0);
  const found = reports.flatMap(({ seed, orders, violations }) =>
    violations.map((what) => `${what}\n  again: npm run chaos -- --seed ${seed} --orders ${orders}`),
  );
  return [
    `chaos: ${reports.length} seeds (${reports.map(({ seed }) => seed).join(', ')}) × ${reports[0]?.orders ?? 0} orders`,
    `workers killed: ${total(({ kills }) => kills)}`,
    `faults injected: ${faults.total} (${faults.toString()})`,
    `answers: ${answers.toString()}`,
    `payment attempts: ${attempts.toString()}`,
    `outcomes: ${outcomes.toString()}`,
    `invariants checked: ${reports[0]?.invariants ?? 0} per seed`,
    `violations: ${total(({ violations }) => violations.length)}`,
    ...found,
    `answers outside the contract: ${total(({ wrongAnswers }) => wrongAnswers.length)}`,
    ...reports.flatMap(({ wrongAnswers }) => wrongAnswers),
    '',
  ].join('\n');
}
