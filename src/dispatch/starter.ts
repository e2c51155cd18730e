import { type Logger } from '../ports/logger';
import { type OrderProcess } from '../ports/order-process';
import { type StartIntent, type StartIntents } from '../ports/start-intents';
import { Dispatcher } from './dispatcher';
import { type LeaveToWorkers } from './leave-to-workers';
import { AdaptivePace } from './pace';

/** A start takes milliseconds, its time limit 10 s; past this lease its process is taken as dead. */
const LEASE_MS = 15_000;
const POLL_MS = 1_000;

/** Gives whatever was answered its workflow: at once where it was written, within seconds where that process died. */
export function createStarter(deps: {
  intents: StartIntents;
  process: OrderProcess;
  /** A rush at this process' door: what waits in the table waits until it is over. */
  rush?: { on(): boolean };
  /** In a process without a worker. */
  leave?: LeaveToWorkers;
  log: Logger;
}): Dispatcher<StartIntent> {
  const { leave, rush, intents } = deps;
  return new Dispatcher<StartIntent>({
    name: 'starter',
    claim: (limit) => (leave ? leave.claim(limit, LEASE_MS) : claimBesideWorker(intents, limit)),
    deliver: (intent) => start(deps.process, intent),
    done: (started) => intents.done(started),
    idOf: ({ id }) => id,
    pace: new AdaptivePace(() => performance.now()),
    pollMs: POLL_MS,
    ...(rush && { held: () => rush.on() }),
    ...(leave && { behind: () => leave.behind() }),
    log: deps.log,
  });
}

async function claimBesideWorker(intents: StartIntents, limit: number): Promise<StartIntent[]> {
  await intents.attend();
  return intents.claim(limit, LEASE_MS);
}

function start(process: OrderProcess, intent: StartIntent): Promise<void> {
  switch (intent.kind) {
    case 'order':
      return process.start(intent.id, intent.draft);
    case 'refund':
      return process.startRefund(intent.id, intent.gateway);
    case 'late_payment':
      return process.startLatePayment(intent.id);
  }
}
