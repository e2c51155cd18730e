import {
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { OutageActivities } from '../../activities';
import { getOutageProgress, type OutageEnd, type OutageInput, type OutageProgress } from './contract';

/** Orders of one page. With the pause behind it, at most twenty commands a second: a tenth of what one Temporal carries. */
const PAGE = 20;
const PAUSE_MS = 1_000;
/** Orders that don't answer are asked again and again; where nobody else is left, no more often than this. */
const UNANSWERED_PAUSE_MS = 30_000;

/** A page is PAGE commands of at most 22 s each, five at a time; one whose worker says nothing for that long is tried again. */
const { extendPage, endOutage } = proxyActivities<OutageActivities>({
  startToCloseTimeout: '3m',
  heartbeatTimeout: '1m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
});

/**
 * Extends every deadline at a gateway, page by page. Which orders are left is in PostgreSQL: a page asks for those without a
 * result, so that a crash repeats one page at most, and the repeat extends nothing twice.
 */
export async function outageWorkflow({ outageId, soFar }: OutageInput): Promise<OutageEnd> {
  let progress: OutageProgress = soFar ?? { extended: 0, refused: 0 };
  setHandler(getOutageProgress, () => progress);
  for (;;) {
    const page = await extendPage({ outageId, limit: PAGE });
    progress = { extended: progress.extended + page.extended, refused: progress.refused + page.refused };
    setCurrentDetails(`Deadlines extended: **${progress.extended}**, refused: **${progress.refused}**.`);
    const answered = page.extended + page.refused > 0;
    if (!answered && (page.unanswered ?? 0) === 0) break;
    if (workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof outageWorkflow>({ outageId, soFar: progress });
    if (answered) await sleep(PAUSE_MS, { summary: 'at most 20 orders a second' });
    else await sleep(UNANSWERED_PAUSE_MS, { summary: 'those that are left do not answer' });
  }
  await endOutage({ outageId });
  return { outageId, ...progress };
}
