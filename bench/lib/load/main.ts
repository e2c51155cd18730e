import { drive } from './drive';
import { type LoadJob, type LoadReply } from './protocol';

/** The load client's process: takes jobs from its parent one after the other, until the parent hangs up. */
process.on('message', (job: LoadJob) => {
  void drive(job)
    .then((result): LoadReply => ({ t: 'done', result }))
    .catch((error: unknown): LoadReply => ({ t: 'failed', why: String(error) }))
    .then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole terminal's group; the parent decides when this process ends.
process.on('SIGINT', () => undefined);
