import { getHeapStatistics } from 'node:v8';
import { type ActivityPorts } from '../../activities';
import { createWorkers } from '../adapters/process/temporal/worker';
import { type Config } from '../config';
import { type ServiceOptions } from './service-options';
import { type Teardown } from './teardown';
import { workflowsThatFit } from './workflow-cache';

type CreateWorkers = Parameters<typeof createWorkers>[0];
type Limits = 'paymentWindow' | 'escalateAfterMs' | 'latePaymentPolicy';

/** The ports of the activities with the limits that they keep. */
export function withLimits(ports: Omit<ActivityPorts, Limits>, config: Config): ActivityPorts {
  const { paymentWindow, latePaymentPolicy, timing } = config;
  return { ...ports, paymentWindow, latePaymentPolicy, escalateAfterMs: timing.escalateAfterMs };
}

/** Runs workers until the teardown, which lets what they have under way end. */
export async function startWorker(
  { config, temporal, workflows, taskQueue, onFailure }: ServiceOptions,
  parts: Pick<CreateWorkers, 'activities' | 'reconcileActivities' | 'connection' | 'tracing'>,
  teardown: Teardown,
): Promise<void> {
  const workers = await createWorkers({
    ...parts,
    namespace: temporal.namespace,
    workflows,
    cachedWorkflows: config.cachedWorkflows ?? workflowsThatFit(getHeapStatistics().heap_size_limit),
    ...(taskQueue === undefined ? {} : { taskQueue }),
  });
  const running = workers.map((worker) => worker.run());
  running.forEach((run) => void run.catch(onFailure));
  teardown.add(async () => {
    workers.filter((worker) => worker.getState() === 'RUNNING').forEach((worker) => worker.shutdown());
    await Promise.allSettled(running);
  });
}
