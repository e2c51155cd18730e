import { createOutageActivities } from '../../activities';
import { type TemporalConnection } from '../adapters/process/temporal/connect';
import { TemporalOrderCommands } from '../adapters/process/temporal/order-commands';
import { type TemporalOrderProcess } from '../adapters/process/temporal/order-process';
import { TemporalOutageProcess } from '../adapters/process/temporal/outage-process';
import { type Config } from '../config';
import { Poller } from '../dispatch/poller';
import { OrderDesk, OutageControl } from '../operate';
import { type Clock } from '../ports/clock';
import { type Logger } from '../ports/logger';
import { type Gateways } from '../ports/payment-gateway';
import { type StartIntent } from '../ports/start-intents';
import { type Stores } from './stores';
import { type Teardown } from './teardown';

export interface OperateParts {
  readonly config: Pick<Config, 'twoPersonAboveMinor'>;
  readonly stores: Stores;
  readonly gateways: Gateways;
  readonly temporal: Pick<TemporalConnection, 'client'>;
  readonly process: TemporalOrderProcess;
  readonly taskQueue: string | undefined;
  readonly now: Clock;
  readonly log: Logger;
}

/** Actions left half-way are rare; a look costs two index reads. */
const IDLE = { first: 2_000, most: 10_000 } as const;

const commandsOf = ({ temporal: { client }, process, taskQueue }: OperateParts): TemporalOrderCommands =>
  new TemporalOrderCommands({ client, process, ...(taskQueue !== undefined && { taskQueue }) });

/** What a worker needs for outages. */
export function outageActivities(parts: OperateParts): object {
  return createOutageActivities({ ...parts.stores, commands: commandsOf(parts), now: parts.now });
}

/** The operators' desks, and what takes up again what they left half-way when their process died. */
export function openDesks(
  parts: OperateParts & { readonly startSoon: (intent: StartIntent) => void },
  teardown: Teardown,
): { readonly desk: OrderDesk; readonly outageDesk: OutageControl } {
  const { stores, gateways, now, log, startSoon, taskQueue } = parts;
  const { client } = parts.temporal;
  const desk = new OrderDesk({
    ...stores,
    ...{ commands: commandsOf(parts), gateways, startSoon, now, log },
    twoPersonAboveMinor: parts.config.twoPersonAboveMinor,
  });
  const process = new TemporalOutageProcess({ client, ...(taskQueue !== undefined && { taskQueue }) });
  const outageDesk = new OutageControl({ ...stores, process, gateways, now, log });
  const look = async (): Promise<boolean> => {
    const [acted, started] = await Promise.all([desk.resume(), outageDesk.resume()]);
    return acted || started;
  };
  const poller = new Poller({ name: 'operator actions', look, idle: IDLE, failing: IDLE, log });
  poller.start();
  teardown.add(() => poller.stop());
  return { desk, outageDesk };
}
