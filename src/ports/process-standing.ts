import { type ProcessDraft } from './process-draft';
import { type OpenProcess } from './reconcile-reads';

/** What is known of the durable processes themselves. Calls end in time; rejects where the server can't be reached. */
export interface ProcessStanding {
  /** Whether it runs, or will at once. */
  isRunning(process: Pick<OpenProcess, 'kind' | 'id'>): Promise<boolean>;
  /**
   * Starts it where it never was, or anew where it failed or was ended by hand; one that runs is left alone. `draft`: what an
   * order is started with. `completed`: it came to its end, and there is nothing to start again.
   */
  startAgain(process: OpenProcess, draft: ProcessDraft | null): Promise<'started' | 'completed'>;
  /** Orders whose process has been running for longer than `ms`, a page; `next` begins the following one. */
  runningFor(
    ms: number,
    after: string | null,
  ): Promise<{ readonly orderIds: readonly string[]; readonly next: string | null }>;
}
