import { Connection } from '@temporalio/client';
import { gatewayTaskQueue, ORDER_TASK_QUEUE } from '../../../../workflows/order/contract';
import { GATEWAYS } from '../../../domain/payment';
import { type TemporalOptions } from './connect';
import { SEARCH_ATTRIBUTES } from './search-attributes';

/** A server as it is found. */
export interface TemporalFindings {
  /** Search attributes that orders set and the namespace lacks. */
  readonly missingAttributes: readonly string[];
  /** Task queues that nobody has polled within the last minutes. */
  readonly idleQueues: readonly string[];
}

const CALL_MS = 3_000;
/** temporal.api.enums.v1.TaskQueueType */
const [WORKFLOWS, ACTIVITIES] = [1, 2] as const;

/** Looks at server and namespace without changing them. Rejects where the server is away or doesn't know the namespace. */
export async function inspectTemporal({ connection: options, namespace }: TemporalOptions): Promise<TemporalFindings> {
  const { address, tls, apiKey } = options;
  const connection = await Connection.connect({
    ...(address !== undefined && { address }),
    ...(tls != null && { tls: tls as boolean }),
    ...(typeof apiKey === 'string' && { apiKey }),
    connectTimeout: CALL_MS,
  });
  try {
    return await connection.withDeadline(Date.now() + CALL_MS, async () => {
      await connection.workflowService.describeNamespace({ namespace });
      const polled = async (name: string, taskQueueType: number): Promise<string[]> => {
        const { pollers } = await connection.workflowService.describeTaskQueue({
          ...{ namespace, taskQueue: { name }, taskQueueType },
        });
        return (pollers?.length ?? 0) > 0 ? [] : [name];
      };
      const idle = await Promise.all([
        polled(ORDER_TASK_QUEUE, WORKFLOWS),
        ...GATEWAYS.map((gateway) => polled(gatewayTaskQueue(ORDER_TASK_QUEUE, gateway), ACTIVITIES)),
      ]);
      return { missingAttributes: await missingAttributes(connection, namespace), idleQueues: idle.flat() };
    });
  } finally {
    await connection.close();
  }
}

async function missingAttributes({ operatorService }: Connection, namespace: string): Promise<string[]> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  return Object.keys(SEARCH_ATTRIBUTES).filter((name) => !(name in customAttributes));
}
