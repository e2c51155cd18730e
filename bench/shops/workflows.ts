import { Client, Connection } from '@temporalio/client';
import { type TemporalDevServer } from '../../src/main/local/temporal-server';
import { type Stage } from '../lib/stage';

/** Lists follow the histories by some milliseconds; seconds mean that something is lost. */
const VISIBLE_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 100;

export type HistoryFigures = Readonly<Record<'history events' | 'history KiB' | 'state transitions', number>>;

/** What a development server says of the workflows of one type. */
export class Workflows {
  private constructor(
    private readonly client: Client,
    private readonly type: string,
  ) {}

  static async of(stage: Stage, server: TemporalDevServer, type: string): Promise<Workflows> {
    const connection = await Connection.connect({ address: server.address });
    stage.add(() => connection.close());
    return new Workflows(new Client({ connection }), type);
  }

  /** How many there are, once there are at least so many, or once it is clear that there won't be. */
  async count(expected: number): Promise<number> {
    const deadline = Date.now() + VISIBLE_WITHIN_MS;
    for (;;) {
      const { count } = await this.client.workflow.count(`WorkflowType = '${this.type}'`);
      if (count >= expected || Date.now() > deadline) return count;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** What Temporal keeps of a workflow. */
  async history(workflowId: string): Promise<HistoryFigures> {
    const { historyLength, historySize = NaN, raw } = await this.client.workflow.getHandle(workflowId).describe();
    const transitions = Number(raw.workflowExecutionInfo?.stateTransitionCount ?? NaN);
    return { 'history events': historyLength, 'history KiB': historySize / 1_024, 'state transitions': transitions };
  }
}
