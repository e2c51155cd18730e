import { type NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { gatewayTaskQueue, ORDER_TASK_QUEUE } from '../../../../workflows/order/contract';
import { GATEWAYS } from '../../../domain/payment';

export interface OrderWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue?: string;
  readonly activities: object;
  /** Built ahead (production, tests), or bundled now from the sources. */
  readonly workflows: { readonly bundle: WorkflowBundleOption } | { readonly path: string };
}

/** Open orders wait for minutes: this many stay in memory and need no replay when the payment comes. About 30 KB each. */
const MAX_CACHED_WORKFLOWS = 5_000;
/** On shutdown: time for activities under way to end by themselves; a gateway's try may take 45 s, most take one. */
const SHUTDOWN_GRACE = '20s';
const SHUTDOWN_FORCE = '30s';

/** Calls under way at one gateway at once: what a provider lets a merchant have, and what its outage may hold up. */
const CALLS_PER_GATEWAY = 50;

/** What runs in a worker process: the workflows with their books, and one queue per gateway. */
export async function createWorkers(options: OrderWorkerOptions): Promise<Worker[]> {
  const { connection, namespace, taskQueue = ORDER_TASK_QUEUE, activities } = options;
  const common = {
    connection,
    namespace,
    activities,
    shutdownGraceTime: SHUTDOWN_GRACE,
    shutdownForceTime: SHUTDOWN_FORCE,
  };
  const gateways = GATEWAYS.map((gateway) =>
    Worker.create({
      ...common,
      taskQueue: gatewayTaskQueue(taskQueue, gateway),
      maxConcurrentActivityTaskExecutions: CALLS_PER_GATEWAY,
    }),
  );
  return Promise.all([createOrderWorker(options), ...gateways]);
}

/** A worker of order workflows and their activities. `run()` it; `shutdown()` drains it. */
function createOrderWorker(options: OrderWorkerOptions): Promise<Worker> {
  const { connection, namespace, taskQueue = ORDER_TASK_QUEUE, activities, workflows } = options;
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    activities,
    ...('bundle' in workflows ? { workflowBundle: workflows.bundle } : { workflowsPath: workflows.path }),
    maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
    maxConcurrentWorkflowTaskExecutions: 100,
    reuseV8Context: true,
    shutdownGraceTime: SHUTDOWN_GRACE,
    shutdownForceTime: SHUTDOWN_FORCE,
  });
}
