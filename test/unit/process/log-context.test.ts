import { activityFields, logContext } from '../../../src/adapters/process/temporal/log-context';
import { openLog } from '../../../src/main/log';

type Context = Parameters<typeof logContext>[0];

describe('log lines of an activity', () => {
  const ORDER = 'ord_01ARZ3NDEKTSV4RRFFQ69G5FAV';
  const lines: string[] = [];
  const log = openLog('debug', { traced: false, destination: { write: (line) => lines.push(line) } });
  const run = async (workflowId: string): Promise<Record<string, unknown>> => {
    const { inbound } = logContext({ info: { workflowExecution: { workflowId, runId: 'run' } } } as Context);
    await inbound?.execute?.({ args: [], headers: {} }, async () => {
      await Promise.resolve();
      log.info({ own: 1 }, 'within');
    });
    return JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
  };

  it('say which order they are of, however deep', async () => {
    expect(await run(`order:${ORDER}`)).toMatchObject({ workflowId: `order:${ORDER}`, orderId: ORDER, own: 1 });
  });

  it('say which workflow, where it is no order’s', async () => {
    const line = await run('refund:ref_1');
    expect(line).toMatchObject({ workflowId: 'refund:ref_1' });
    expect(line).not.toHaveProperty('orderId');
  });

  it('those beside them say neither', async () => {
    await run(`order:${ORDER}`);
    log.info({}, 'outside');
    expect(activityFields()).toEqual({});
    expect(JSON.parse(lines.at(-1) ?? '')).not.toHaveProperty('workflowId');
  });
});
