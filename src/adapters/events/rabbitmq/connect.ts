import { Connection } from 'rabbitmq-client';
import { type Logger } from '../../../ports/logger';

/** A broker that answers does so at once; whoever waits longer tries again instead. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Seconds: a peer that vanished without a word is noticed after two of them. */
const HEARTBEAT_SECONDS = 10;
/** Milliseconds between attempts to connect again: a restart is noticed soon, an outage doesn't fill the log. */
const RETRY = { low: 250, high: 5_000 };

/** A connection that comes back by itself. `url`: an AMQP URL; `name` is shown in RabbitMQ's management. Close with `close()`. */
export function connectRabbit({ url, name, log }: { url: string; name: string; log: Logger }): Connection {
  const connection = new Connection({
    url,
    connectionName: name,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    acquireTimeout: CONNECT_TIMEOUT_MS,
    heartbeat: HEARTBEAT_SECONDS,
    retryLow: RETRY.low,
    retryHigh: RETRY.high,
    noDelay: true,
  });
  connection.on('error', (error: unknown) => log.warn({ err: error }, 'no connection to RabbitMQ; trying again'));
  return connection;
}
