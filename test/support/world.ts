import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { type PrismaClient } from '../../src/adapters/store/prisma/generated/client';
import { connectTemporal, type TemporalConnection } from '../../src/adapters/process/temporal/connect';
import { digestOf, loadConfig, type Config } from '../../src/config';
import { freePort } from '../../src/main/local/ports';
import { startSandboxProcess } from '../../src/main/local/sandbox';
import { wechatFromSandbox } from '../../src/main/sandbox-settings';
import { type Service, startService } from '../../src/main/service';
import { type Stores, openStores } from '../../src/main/stores';
import { createLogger } from '../../src/telemetry/logger';
import { ApiClient } from './api-client';
import { createTestDatabase } from './database';
import { testEnvironment } from './environment';
import { SandboxControl } from './sandbox-control';

export interface World {
  readonly api: ApiClient;
  readonly sandbox: SandboxControl;
  readonly stores: Stores;
  readonly prisma: PrismaClient;
  readonly temporal: TemporalConnection;
  readonly taskQueue: string;
  readonly config: Config & { readonly databaseUrl: string };
  /** Lines that the service has logged. */
  readonly logged: readonly string[];
  /** Stops the service, as a deployment would, and starts it again on the same port. */
  restart(): Promise<void>;
  stopService(): Promise<void>;
  startService(): Promise<void>;
  close(): Promise<void>;
}

/** Quick limits, so that a gateway that doesn't answer costs a test half a second. */
const TIMING: Config['timing'] = { gatewayTimeoutMs: 500, paymentWaitMs: 5_000, escalateAfterMs: 1_000 };
const KEY = 'key-of-the-tests';

/** The whole service in this process, with a database, a task queue and a sandbox process of its own. */
export async function openWorld(label: string, timing: Partial<Config['timing']> = {}): Promise<World> {
  const environment = testEnvironment();
  const database = await createTestDatabase(label);
  const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-world-'));
  const sandboxProcess = await startSandboxProcess({
    port: await freePort(),
    dataDir,
    env: process.env,
    log: () => undefined,
  });
  const sandbox = new SandboxControl(sandboxProcess.url);
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const taskQueue = `${label}-${randomBytes(4).toString('hex')}`;
  const config = {
    ...loadConfig({ PORT: String(port), LOG_LEVEL: 'info' }),
    databaseUrl: database.url,
    apiKeys: [{ digest: digestOf(KEY), scopes: ['orders', 'catalog', 'operate', 'read'] as const }],
    wechat: await wechatFromSandbox(sandbox.url, publicUrl),
    timing: { ...TIMING, ...timing },
  };
  const temporalOptions = {
    connection: { address: environment.temporalAddress },
    namespace: environment.temporalNamespace,
  };
  const prisma = createPrisma(database.url);
  const stores = openStores(database.url, Date.now);
  const logged: string[] = [];
  let service: Service | null = null;
  const start = async (): Promise<void> => {
    service = await startService({
      config,
      temporal: temporalOptions,
      roles: { api: true, worker: true },
      workflows: { bundle: { codePath: environment.workflowBundlePath } },
      taskQueue,
      log: createLogger('info', { write: (line) => logged.push(line) }),
      onFailure: (error) => {
        throw error;
      },
    });
  };
  const stop = async (): Promise<void> => {
    await service?.stop();
    service = null;
  };
  await start();
  const temporal = await connectTemporal(temporalOptions);
  return {
    ...{ api: new ApiClient(publicUrl, KEY), sandbox, stores, prisma, temporal, taskQueue, config, logged },
    startService: start,
    stopService: stop,
    restart: async () => {
      await stop();
      await start();
    },
    close: async () => {
      await stop();
      await Promise.all([stores.close(), prisma.$disconnect(), temporal.close(), sandboxProcess.stop()]);
      await rm(dataDir, { recursive: true, force: true });
      await database.drop();
    },
  };
}
