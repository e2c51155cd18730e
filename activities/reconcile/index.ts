import { type ReconcileClass } from '../../src/domain/reconcile';
import { type BegunRun, type RunProgress } from '../../src/ports/reconciliation';
import { asActivity } from '../failures';
import { examine, judge } from './judge';
import { type ReconcilePorts } from './ports';

export type { ReconcilePorts, ReconcileSettings } from './ports';

export interface Begun extends BegunRun {
  readonly secondLookMs: number;
}

export interface LookCommand {
  readonly runId: string;
  readonly class: ReconcileClass;
  readonly after: string | null;
  readonly window: BegunRun['window'];
  /** As far as the run has got; written down before the page. */
  readonly progress: RunProgress;
}

export interface Looked {
  readonly checked: number;
  readonly next: string | null;
}

/** Suspicions of one page: each may be a call of a gateway and a mend. */
const JUDGED_AT_ONCE = 20;

/** Steps of a run: each a bounded page, each to be repeated. */
export function createReconcileActivities(ports: ReconcilePorts) {
  const { books, settings } = ports;
  return {
    /** Begins a run for the workflow of that id, or says which one is under way. */
    beginReconcile: ({ processId }: { processId: string }): Promise<Begun> =>
      asActivity(async () => ({ ...(await books.begin(processId)), secondLookMs: settings.secondLookMs })),

    /** The first look: compares a page and keeps what does not agree for the second. */
    lookOver: ({ runId, class: of, after, window, progress }: LookCommand): Promise<Looked> =>
      asActivity(async () => {
        await books.note(runId, of, progress);
        const { checked, findings, next } = await examine(ports, of, { t: 'page', after, window });
        await books.suspect(findings);
        return { checked, next };
      }),

    /** Whether anything has to be looked at for the second time. */
    anySuspicion: (): Promise<boolean> => asActivity(async () => (await books.suspicions(null, 1)).length > 0),

    /** The second look, a page; answers where the next one begins. */
    lookAgain: (command: { runId: string; after: string | null; progress: RunProgress }): Promise<string | null> =>
      asActivity(async () => {
        const { runId, after, progress } = command;
        await books.note(runId, 'second look', progress);
        const suspicions = await books.suspicions(after, JUDGED_AT_ONCE);
        await judge(ports, runId, suspicions);
        return suspicions.length < JUDGED_AT_ONCE ? null : (suspicions.at(-1)?.id ?? null);
      }),

    /** A comparison that could not be finished, however often it was tried. */
    tellFailed: ({ runId, step }: { runId: string; step: string }): Promise<void> =>
      asActivity(() => Promise.resolve(ports.alert('reconcile_failed', { runId, step }))),

    /** Deletes some of what nothing needs any more; answers how many rows. */
    keepHouse: ({ runId, progress }: { runId: string; progress: RunProgress }): Promise<number> =>
      asActivity(async () => {
        await books.note(runId, 'housekeeping', progress);
        return books.prune(settings.retentionDays);
      }),

    endReconcile: ({ runId, progress }: { runId: string; progress: RunProgress }): Promise<void> =>
      asActivity(() => books.end(runId, progress)),
  };
}

export type ReconcileActivities = ReturnType<typeof createReconcileActivities>;
