import { Worker } from '@temporalio/worker';
import { recordedHistories, type RecordedHistory } from '../support/histories';
import { testEnvironment } from '../support/environment';
import { tracedBundle } from '../support/traced-bundle';

/** Every branch of the workflow with a name in its tests; a branch without a history would not be guarded. */
const BRANCHES = [
  'as-placed-switched-first',
  'as-placed-then-paid',
  'as-placed-window-over',
  'asked-now-then-paid',
  'by-hand-paid',
  'by-hand-rejected',
  'cancelled-by-update',
  'cancelled-in-temporal',
  'closing-in-a-new-run',
  'closing-then-closed',
  'closing-then-paid',
  'create-repeated',
  'extended-then-paid',
  'held-for-a-person',
  'late-payment-in-a-new-run',
  'late-payment-refunded',
  'never-offered',
  'offered-at-once',
  'others-closed-in-a-new-run',
  'outage',
  'paid',
  'paid-as-it-closes',
  'paid-at-once',
  'reconcile',
  'refund',
  'refund-in-a-new-run',
  'refund-under-another-number',
  'resumed-while-closing',
  'switched-first',
  'switched-then-paid',
  'two-attempts-paid',
  'two-switches-first',
  'window-over',
];

describe('recorded histories replay on the workflows as they are now', () => {
  let traced: Promise<string>;
  beforeAll(() => {
    traced = tracedBundle();
  });

  const options = () => ({ workflowBundle: { codePath: testEnvironment().workflowBundlePath } });

  it('there is one for every branch', async () => {
    expect([...(await recordedHistories()).keys()].sort()).toEqual(BRANCHES.toSorted());
  });

  it.each(BRANCHES)('%s', async (branch) => {
    const { history, workflowId } = await recorded(branch);
    await expect(Worker.runReplayHistory(options(), history, workflowId)).resolves.toBeUndefined();
  });

  it.each(BRANCHES)(
    '%s, where workflows are traced: tracing may be switched on over orders in flight',
    async (branch) => {
      const { history, workflowId } = await recorded(branch);
      const sinks = { exporter: { export: { fn: () => undefined, callDuringReplay: false } } };
      const options = { workflowBundle: { codePath: await traced }, sinks };
      await expect(Worker.runReplayHistory(options, history, workflowId)).resolves.toBeUndefined();
    },
  );

  it.each(['late-payment-in-a-new-run', 'others-closed-in-a-new-run', 'refund-in-a-new-run'])(
    '%s, of a run that grew long before it knew of new runs, goes on as it went',
    async (branch) => {
      const { history, workflowId } = await recorded(branch);
      const text = JSON.stringify(history);
      const long = text.replaceAll('"workflowTaskStartedEventAttributes":{', '$&"suggestContinueAsNew":true,');
      expect(long).not.toBe(text);
      await expect(Worker.runReplayHistory(options(), JSON.parse(long), workflowId)).resolves.toBeUndefined();
    },
  );

  it('a change that would break orders in flight is caught', async () => {
    const { history, workflowId } = await recorded('paid');
    const changed: unknown = JSON.parse(JSON.stringify(history).replaceAll('"createPayment"', '"makePayment"'));
    expect(changed).not.toEqual(history);
    await expect(Worker.runReplayHistory(options(), changed, workflowId)).rejects.toThrow(/[Nn]ondeterminism/);
  });
});

async function recorded(branch: string): Promise<RecordedHistory> {
  const found = (await recordedHistories()).get(branch);
  if (!found) throw new Error(`no history is recorded for ${branch}: npm run record`);
  return found;
}
