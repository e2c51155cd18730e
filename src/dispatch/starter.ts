import { type Logger } from '../ports/logger';
import { type OrderProcess } from '../ports/order-process';
import { type StartIntent, type StartIntents } from '../ports/start-intents';
import { Dispatcher } from './dispatcher';
import { type HandOver } from './hand-over';
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
  /** Where what waits in the table is left to others. */
  handOver?: HandOver;
  log: Logger;
}): Dispatcher<StartIntent> {
  const { handOver, rush, intents } = deps;
  return new Dispatcher<StartIntent>({
    name: 'starter',
    claim: (limit) => (handOver ?? intents).claim(limit, LEASE_MS),
    deliver: (intent) => start(deps.process, intent),
    done: (started) => intents.done(started),
    idOf: ({ id }) => id,
    pace: new AdaptivePace(() => performance.now()),
    pollMs: POLL_MS,
    ...(rush && { held: () => rush.on() }),
    ...(handOver && { behind: () => handOver.behind() }),
    log: deps.log,
  });
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
