import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { orderWorkflowId } from '../../workflows/order/contract';
import { type World } from './world';

const DIR = resolve(__dirname, '../replay/histories');

/** `npm run record` sets it: the histories in git are then written anew. */
const RECORDING = process.env['HOLDFAST_TEST_RECORD'] === '1';

/** Writes the order's history down, under the name of the branch it took, when histories are being recorded. */
export function recordHistory(world: World, orderId: string, branch: string): Promise<void> {
  return recordWorkflow(world, orderWorkflowId(orderId), branch);
}

/** The same for any workflow. */
export async function recordWorkflow(
  { temporal }: Pick<World, 'temporal'>,
  workflowId: string,
  branch: string,
): Promise<void> {
  if (!RECORDING) return;
  const history = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
  await mkdir(DIR, { recursive: true });
  // Stack traces name files; the folder of whoever recorded them is nobody's business.
  const text = historyToJSON(history).replaceAll(`${resolve(__dirname, '../..')}/`, '');
  await writeFile(join(DIR, `${branch}.json`), `${text}\n`);
}

/** A recorded history, as the CLI's JSON has it, and the id it ran under, which the workflow reads. */
export interface RecordedHistory {
  readonly workflowId: string;
  readonly history: unknown;
}

interface HistoryJson {
  readonly events: readonly { readonly workflowExecutionStartedEventAttributes?: { readonly workflowId: string } }[];
}

/** The recorded histories by branch. */
export async function recordedHistories(): Promise<Map<string, RecordedHistory>> {
  const recorded = new Map<string, RecordedHistory>();
  for (const file of (await readdir(DIR)).filter((name) => name.endsWith('.json')).sort()) {
    const history = JSON.parse(await readFile(join(DIR, file), 'utf8')) as HistoryJson;
    const { workflowId = '' } = history.events[0]?.workflowExecutionStartedEventAttributes ?? {};
    recorded.set(file.replace('.json', ''), { workflowId, history });
  }
  return recorded;
}
