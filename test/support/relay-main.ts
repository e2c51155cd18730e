import { loadConfig } from '../../src/config';
import { startRelay } from '../../src/main/relay-service';
import { Teardown } from '../../src/main/teardown';
import { createLogger } from '../../src/telemetry/logger';

/** What src/main/relay.ts runs, under names of the test's own on the broker: `relay-main.ts <database> <broker> <prefix>`. */
async function main([databaseUrl = '', url = '', prefix = '']: string[]): Promise<void> {
  const log = createLogger('info');
  const config = { ...loadConfig({}), databaseUrl, amqp: { url, prefix } };
  await startRelay({ config, log, teardown: new Teardown() });
  log.info({}, 'started');
}

void main(process.argv.slice(2));
