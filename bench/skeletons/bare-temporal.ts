import { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { openPool } from '../lib/pool';
import { holdAlone, POOL_SIZE, settleAlone } from './books';
import { type BareActivities, type bareOrder, paid } from './bare-temporal.workflow';
import { given } from './settings';
import { serve } from './web';

const TASK_QUEUE = 'bare-orders';

/**
 * The least an order costs on Temporal: the hold in the API's own transaction, then an eager start on the worker in the same
 * process, and the books by local activities. The worker's settings are Holdfast's.
 */
async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const pool = openPool({ connectionString: given('DATABASE_URL'), max: POOL_SIZE });
  const connection = await NativeConnection.connect({ address: given('TEMPORAL_ADDRESS') });
  const activities: BareActivities = {
    confirm: async (orderId) => void (await settleAlone(pool, 'confirm', orderId)),
    release: async (orderId) => void (await settleAlone(pool, 'release', orderId)),
  };
  const worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowsPath: require.resolve('./bare-temporal.workflow'),
    activities,
    maxCachedWorkflows: 5_000,
    maxConcurrentWorkflowTaskExecutions: 250,
    maxConcurrentLocalActivityExecutions: 250,
    reuseV8Context: true,
  });
  void worker.run().finally(() => process.exit(0));

  const { workflow } = new Client({ connection });
  serve({
    place: async (hold) => {
      if (!(await holdAlone(pool, hold))) return false;
      await workflow.start<typeof bareOrder>('bareOrder', {
        taskQueue: TASK_QUEUE,
        workflowId: hold.id,
        args: [hold.id],
        requestEagerStart: true,
      });
      return true;
    },
    pay: (orderId) => workflow.getHandle(orderId).signal(paid),
  });
}

void main();
