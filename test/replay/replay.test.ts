import { Worker } from '@temporalio/worker';
import { recordedHistories, type RecordedHistory } from '../support/histories';
import { testEnvironment } from '../support/environment';

/** Every branch of the workflow with a name in its tests; a branch without a history would not be guarded. */
const BRANCHES = [
  'by-hand-paid',
  'by-hand-rejected',
  'cancelled-by-update',
  'cancelled-in-temporal',
  'closing-in-a-new-run',
  'closing-then-closed',
  'closing-then-paid',
  'create-repeated',
  'late-payment-in-a-new-run',
  'late-payment-refunded',
  'never-offered',
  'others-closed-in-a-new-run',
  'paid',
  'paid-as-it-closes',
  'refund',
  'refund-in-a-new-run',
  'refund-under-another-number',
  'resumed-while-closing',
  'switched-then-paid',
  'two-attempts-paid',
  'window-over',
];

describe('recorded histories replay on the workflows as they are now', () => {
  const options = () => ({ workflowBundle: { codePath: testEnvironment().workflowBundlePath } });

  it('there is one for every branch', async () => {
    expect([...(await recordedHistories()).keys()].sort()).toEqual(BRANCHES.toSorted());
  });

  it.each(BRANCHES)('%s', async (branch) => {
    const { history, workflowId } = await recorded(branch);
    await expect(Worker.runReplayHistory(options(), history, workflowId)).resolves.toBeUndefined();
  });

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
