import {
  ActivityFailure,
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { RECONCILE_CLASSES, type ReconcileClass } from '../../src/domain/reconcile';
import { historyGrewLong } from '../order/long-history';
import { type ReconcileInput, type ReconcileResult, RUN_ENDING, type RunSoFar, whichRun } from './contract';
import { books, step, steps } from './policies';

/**
 * One run. Every class is looked at page by page; after a wait what did not agree is looked at again, and only what was found
 * twice is mended or becomes a case. A class that can't be compared is told and does not keep the others from being so.
 */
export async function reconcileWorkflow({ soFar }: ReconcileInput = {}): Promise<ReconcileResult> {
  let runId = soFar?.runId ?? null;
  let ending = false;
  const answer = async () => {
    await condition(() => runId !== null);
    return { runId: runId ?? '' };
  };
  setHandler(whichRun, answer, { validator: () => refuseIf(ending) });
  const begun = soFar ?? (await begin());
  runId = begun.runId;
  if ('joined' in begun) {
    await condition(allHandlersFinished);
    return begun;
  }
  await new Run(begun).finish(() => (ending = true));
  await condition(allHandlersFinished);
  return { runId, joined: false };
}

/** Who asks now wants what is so now: whatever is found wrong from here on, this run has not seen. */
function refuseIf(ending: boolean): void {
  if (ending) throw ApplicationFailure.nonRetryable('this run is at its end: start another', RUN_ENDING);
}

async function begin(): Promise<RunSoFar | ReconcileResult> {
  const { workflowId: processId } = workflowInfo();
  const { runId: executionId } = workflowInfo();
  const begun = await books.beginReconcile.executeWithOptions(step('begin'), [
    { processId: `${processId}/${executionId}` },
  ]);
  const { runId, joined, window, secondLookMs } = begun;
  if (joined) return { runId, joined };
  return { runId, window, secondLookMs, progress: {}, place: { step: 'look', class: 0, after: null } };
}

/** A run, from wherever it is. */
class Run {
  private progress: RunSoFar['progress'];

  constructor(private readonly soFar: RunSoFar) {
    this.progress = soFar.progress;
  }

  /** `ending` is called before the result can be seen. */
  async finish(ending: () => void): Promise<void> {
    const { runId, place } = this.soFar;
    if (place.step === 'look') await this.lookOver(place);
    if (place.step !== 'house') await this.lookAgain(place.step === 'again' ? place.after : null);
    await this.keepHouse();
    ending();
    await books.endReconcile.executeWithOptions(step('end'), [{ runId, progress: this.progress }]);
  }

  private async lookOver(place: { class: number; after: string | null }): Promise<void> {
    let after = place.after;
    for (const [index, of] of RECONCILE_CLASSES.entries()) {
      if (index < place.class) continue;
      setCurrentDetails(`Comparing **${of}**.`);
      do {
        await this.cutAt({ step: 'look', class: index, after });
        after = await this.page(of, after);
      } while (after !== null);
    }
  }

  /** Compares a page; answers where the next one begins, or null after the last one and where it can't be compared. */
  private async page(of: ReconcileClass, after: string | null): Promise<string | null> {
    const { runId, window } = this.soFar;
    const { progress } = this;
    const before = progress[of]?.checked ?? 0;
    const command = { runId, class: of, after, window, progress };
    const looked = await this.unlessFailed(of, () =>
      steps.lookOver.executeWithOptions(step(`compare ${of}`), [command]),
    );
    this.progress = {
      ...progress,
      [of]: looked ? { checked: before + looked.checked } : { checked: before, failed: true },
    };
    return looked?.next ?? null;
  }

  private async lookAgain(begin: string | null): Promise<void> {
    const { runId, secondLookMs } = this.soFar;
    if (begin === null) {
      if (!(await books.anySuspicion.executeWithOptions(step('is there anything'), []))) return;
      setCurrentDetails('Waiting for the **second look**: what is simply under way ends meanwhile.');
      await sleep(secondLookMs, { summary: 'before the second look' });
    }
    let after = begin;
    do {
      await this.cutAt({ step: 'again', after });
      const command = { runId, after, progress: this.progress };
      after =
        (await this.unlessFailed('second look', () =>
          steps.lookAgain.executeWithOptions(step('second look'), [command]),
        )) ?? null;
    } while (after !== null);
  }

  private async keepHouse(): Promise<void> {
    const { runId } = this.soFar;
    for (;;) {
      await this.cutAt({ step: 'house' });
      const command = { runId, progress: this.progress };
      const gone = await this.unlessFailed('housekeeping', () =>
        steps.keepHouse.executeWithOptions(step('housekeeping'), [command]),
      );
      if (!gone) return;
    }
  }

  /** A history that grew long goes on in a new run. */
  private async cutAt(place: RunSoFar['place']): Promise<void> {
    if (!historyGrewLong()) return;
    await condition(allHandlersFinished);
    await continueAsNew<(input: ReconcileInput) => Promise<ReconcileResult>>({
      soFar: { ...this.soFar, progress: this.progress, place },
    });
  }

  private async unlessFailed<T>(what: string, call: () => Promise<T>): Promise<T | null> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      await books.tellFailed.executeWithOptions(step('tell'), [{ runId: this.soFar.runId, step: what }]);
      return null;
    }
  }
}
