import { connect as connectTcp } from 'node:net';
import { inspectTemporal } from '../../adapters/process/temporal/inspect';
import { type TemporalOptions } from '../../adapters/process/temporal/connect';
import { type Config } from '../../config';
import { type Finding, CHECK_MS, fail, ok, reasonOf, warn, within } from './finding';

/** Temporal: the server, the namespace, what it has to know, and who works for it. */
export async function checkTemporal(options: TemporalOptions): Promise<Finding[]> {
  const { address = 'its default address' } = options.connection;
  try {
    const { missingAttributes, idleQueues } = await within(inspectTemporal(options), 2 * CHECK_MS);
    return [
      ok('Temporal', `${address} knows the namespace ${options.namespace}`),
      missingAttributes.length === 0
        ? ok('search attributes', 'all registered')
        : warn(
            'search attributes',
            `missing: ${missingAttributes.join(', ')}`,
            'start an API or a worker, or register them as the README says',
          ),
      idleQueues.length === 0
        ? ok('workers', 'somebody polls each task queue')
        : warn('workers', `nobody polls ${idleQueues.join(', ')}`, 'start a worker'),
    ];
  } catch (error) {
    const todo = 'start Temporal, or correct TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and its credentials';
    return [fail('Temporal', `${address}: ${reasonOf(error)}`, todo)];
  }
}

/** Redis and RabbitMQ, where they are configured. Orders go on without either. */
export async function checkOptional({
  redis,
  amqp,
  sandbox,
}: Pick<Config, 'redis' | 'amqp' | 'sandbox'>): Promise<Finding[]> {
  return Promise.all([
    redis ? checkPort('Redis', redis.url, 6379) : ok('Redis', 'not configured'),
    amqp ? checkPort('RabbitMQ', amqp.url, 5672) : ok('RabbitMQ', 'not configured'),
    ...(sandbox ? [checkSandbox(sandbox.url)] : []),
  ]);
}

/** Whether somebody listens there: credentials are proved, and told of, by the process that uses them. */
async function checkPort(what: string, url: string, usual: number): Promise<Finding> {
  const { hostname, port } = new URL(url);
  const at = `${hostname}:${port || usual}`;
  try {
    await within(reach(hostname.replace(/^\[|\]$/g, ''), Number(port || usual)));
    return ok(what, `${at} accepts connections`);
  } catch (error) {
    return warn(
      what,
      `${at}: ${reasonOf(error)}`,
      `start it, or correct ${what === 'Redis' ? 'REDIS_URL' : 'AMQP_URL'}; orders go on without it`,
    );
  }
}

function reach(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port, timeout: CHECK_MS });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
  });
}

async function checkSandbox(url: string): Promise<Finding> {
  try {
    const answer = await within(fetch(`${url}/_sandbox/credentials`, { signal: AbortSignal.timeout(CHECK_MS) }));
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    return ok('sandbox', `${url} gives its credentials`);
  } catch (error) {
    return fail('sandbox', `${url}: ${reasonOf(error)}`, 'start it, or correct SANDBOX_URL');
  }
}
