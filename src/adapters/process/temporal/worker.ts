import { type NativeConnection, Worker, type WorkerOptions, type WorkflowBundleOption } from '@temporalio/worker';
import { gatewayTaskQueue, ORDER_TASK_QUEUE } from '../../../../workflows/order/contract';
import { reconcileTaskQueue } from '../../../../workflows/reconcile/contract';
import { GATEWAYS } from '../../../domain/payment';
import { logContext } from './log-context';
import { TRACING_MODULES } from './tracing';

export interface OrderWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue?: string;
  readonly activities: object;
  /** Steps of the reconciliation, on a queue of their own. */
  readonly reconcileActivities: object;
  /** Built ahead (production, tests), or bundled now from the sources; `preload`: modules that all workflows share. */
  readonly workflows:
    { readonly bundle: WorkflowBundleOption } | { readonly path: string; readonly preload: readonly string[] };
  /** Open orders that stay in memory and need no replay when something happens to them. */
  readonly cachedWorkflows: number;
  /** Of a service that is traced, from `temporalTracing`; its bundle has TRACING_MODULES in it. */
  readonly tracing?: Required<Pick<WorkerOptions, 'interceptors' | 'sinks'>> | null;
}

/** Workflow tasks under way at once: more than all gateways' creates within them, see `activities/offers.ts`. */
const WORKFLOW_TASKS = 250;
/** On shutdown: time for activities under way to end by themselves; a gateway's try may take 45 s, most take one. */
const SHUTDOWN_GRACE = '20s';
const SHUTDOWN_FORCE = '30s';

/** Calls under way at one gateway at once: what a provider lets a merchant have, and what its outage may hold up. */
const CALLS_PER_GATEWAY = 50;

/** Pages compared at once: one run has one under way, and the next process' may overlap. */
const COMPARISONS = 2;

/** What runs in a worker process: the workflows with their books, one queue per gateway, and one of comparisons. */
export async function createWorkers(options: OrderWorkerOptions): Promise<Worker[]> {
  const { connection, namespace, taskQueue = ORDER_TASK_QUEUE, activities } = options;
  const common = {
    connection,
    namespace,
    activities,
    interceptors: interceptorsOf(options),
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
  const reconcile = Worker.create({
    ...common,
    activities: options.reconcileActivities,
    taskQueue: reconcileTaskQueue(taskQueue),
    maxConcurrentActivityTaskExecutions: COMPARISONS,
  });
  return Promise.all([createOrderWorker(options), ...gateways, reconcile]);
}

/** A worker of order workflows and their activities. `run()` it; `shutdown()` drains it. */
function createOrderWorker(options: OrderWorkerOptions): Promise<Worker> {
  const { connection, namespace, taskQueue = ORDER_TASK_QUEUE, activities } = options;
  const { workflows, cachedWorkflows, tracing } = options;
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    activities,
    interceptors: interceptorsOf(options),
    ...(tracing && { sinks: tracing.sinks }),
    ...('bundle' in workflows
      ? { workflowBundle: workflows.bundle }
      : { workflowsPath: workflows.path, bundlerOptions: { preloadModules: [...workflows.preload] } }),
    maxCachedWorkflows: cachedWorkflows,
    maxConcurrentWorkflowTaskExecutions: WORKFLOW_TASKS,
    maxConcurrentLocalActivityExecutions: WORKFLOW_TASKS,
    reuseV8Context: true,
    shutdownGraceTime: SHUTDOWN_GRACE,
    shutdownForceTime: SHUTDOWN_FORCE,
  });
}

/** Log lines of activities say whose they are; those of a traced service, within which trace. */
function interceptorsOf({ tracing, workflows }: OrderWorkerOptions): WorkerOptions['interceptors'] {
  return {
    activity: [...(tracing?.interceptors.activity ?? []), logContext],
    ...(tracing && 'path' in workflows && { workflowModules: [...TRACING_MODULES] }),
  };
}
