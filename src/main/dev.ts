import { mkdirSync, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { seedCatalogue } from '../../prisma/seed/catalogue';
import { seedPromotions } from '../../prisma/seed/promotions';
import { applyMigrations } from '../adapters/store/prisma/migrate';
import {
  type Config,
  developmentKey,
  inheritedEnvironment,
  readConfig,
  readTemporalSettings,
  type SandboxSettings,
} from '../config';
import { traceTo } from '../telemetry/tracing/index';
import { banner } from './banner';
import { startLocal } from './local';
import { keptConsoleSecret } from './local/console-secret';
import { keptDataKeys } from './local/data-keys';
import { openLog } from './log';
import { fail, onSignal } from './process';
import { withProgress } from './progress';
import { withSandbox } from './sandbox-settings';
import { startService } from './service';
import { openStores } from './stores';
import { Teardown } from './teardown';
import { workflowSource } from './workflows';

const say = (line: string): void => console.log(`  ${line}`);

/** Everything on one machine: what is missing is started, what is given is used. */
async function dev(): Promise<void> {
  const config = readConfig();
  const given = readTemporalSettings();
  const teardown = new Teardown();
  onSignal(async () => {
    say('stopping …');
    await teardown.run();
    say('stopped');
  });
  try {
    await start(config, given, teardown);
  } catch (error) {
    await teardown.run().catch(() => undefined);
    throw error;
  }
}

async function start(
  config: Config,
  given: ReturnType<typeof readTemporalSettings>,
  teardown: Teardown,
): Promise<void> {
  const giveUp = (reason: unknown): void => {
    console.error(reason);
    void teardown.run().finally(() => process.exit(1));
  };
  const local = await openLocal(config, given, giveUp);
  teardown.add(() => local.stop());
  await withProgress('migrating the database', say, () =>
    applyMigrations({ databaseUrl: local.databaseUrl, log: say }),
  );
  await seed(local.databaseUrl);

  const development = config.apiKeys.length === 0 ? developmentKey(config.production) : null;
  const dataKeys = await keptDataKeys(config);
  const secret = await keptConsoleSecret(config);
  const temporalUiUrl = config.console.temporalUiUrl ?? local.temporalUiUrl;
  const tracing = config.tracing && traceTo(config.tracing);
  if (tracing) teardown.add(() => tracing.shutdown());
  const log = openLog(config.logLevel, { traced: tracing !== null, destination: logFile(config) });
  say(`workflows are being bundled; the service's log goes to ${join(config.dataDir, 'logs', 'holdfast.log')}`);
  const options: Parameters<typeof startService>[0] = {
    config: {
      ...(await withSandbox(config, besideUs(local.sandboxUrl, config.publicUrl))),
      databaseUrl: local.databaseUrl,
      apiKeys: development ? [development.apiKey] : config.apiKeys,
      dataKeys,
      console: { ...config.console, secret, temporalUiUrl },
    },
    temporal: given ?? { connection: { address: local.temporalAddress }, namespace: 'default' },
    roles: { api: true, worker: true },
    workflows: workflowSource(tracing !== null),
    tracing,
    log,
    onFailure: giveUp,
  };
  const pages = { shop: config.shop !== null, console: secret !== null };
  const service = await withProgress('bundling and starting', say, () => startService(options));
  teardown.add(() => service.stop());
  console.log(
    banner({
      apiUrl: config.publicUrl,
      sandboxUrl: local.sandboxUrl,
      temporalUiUrl,
      key: development?.key ?? null,
      ...pages,
    }),
  );
}

/** What this machine lacks is started, what is given is used. */
function openLocal(config: Config, given: ReturnType<typeof readTemporalSettings>, onExit: (reason: unknown) => void) {
  return startLocal({
    config: {
      dataDir: config.dataDir,
      databaseUrl: config.databaseUrl ?? undefined,
      temporalAddress: given?.connection.address,
      sandboxPort: config.sandboxPort,
    },
    env: inheritedEnvironment(),
    log: say,
    onExit,
  });
}

/** Sandbox, API and browser are on this machine: one address does for all. */
function besideUs(url: string, publicUrl: string): SandboxSettings {
  return { url, notifyBaseUrl: publicUrl, cashierBaseUrl: url };
}

async function seed(databaseUrl: string): Promise<void> {
  const stores = openStores(databaseUrl, { now: Date.now, dataKeys: [] });
  try {
    const created = await seedCatalogue(stores.catalogue);
    await seedPromotions(stores.promotions, Date.now());
    if (created > 0) say(`${created} demo SKUs are on the shelf`);
  } finally {
    await stores.close();
  }
}

/** Log lines go to a file, so that the terminal keeps the addresses in sight. */
function logFile(config: Config) {
  const dir = join(config.dataDir, 'logs');
  mkdirSync(dir, { recursive: true });
  return createWriteStream(join(dir, 'holdfast.log'), { flags: 'a' });
}

dev().catch(fail);
