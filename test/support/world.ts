import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { type PrismaClient } from '../../src/adapters/store/prisma/generated/client';
import { connectTemporal, type TemporalConnection } from '../../src/adapters/process/temporal/connect';
import { digestOf, loadConfig, type Config } from '../../src/config';
import { freePort } from '../../src/main/local/ports';
import { startSandboxProcess } from '../../src/main/local/sandbox';
import { withSandbox } from '../../src/main/sandbox-settings';
import { type Service, startService } from '../../src/main/service';
import { type Stores, openStores } from '../../src/main/stores';
import { createLogger } from '../../src/telemetry/logger';
import { ApiClient } from './api-client';
import { createTestDatabase } from './database';
import { testEnvironment } from './environment';
import { SandboxControl } from './sandbox-control';
import { until } from './until';

export interface World {
  readonly api: ApiClient;
  readonly sandbox: SandboxControl;
  readonly stores: Stores;
  readonly prisma: PrismaClient;
  readonly temporal: TemporalConnection;
  readonly temporalOptions: { readonly connection: { readonly address: string }; readonly namespace: string };
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

export interface WorldOptions {
  readonly timing?: Partial<Config['timing']>;
  readonly latePaymentPolicy?: Config['latePaymentPolicy'];
  /** Further keys, beside the one of the tests' own client. */
  readonly apiKeys?: Config['apiKeys'];
  /** False: an API without a worker, in a namespace of its own, for worker processes to be started beside it. */
  readonly worker?: boolean;
}

/** The whole service in this process, with a database, a task queue and a sandbox process of its own. */
export async function openWorld(label: string, options: WorldOptions = {}): Promise<World> {
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
  const configured = loadConfig({ PORT: String(port), LOG_LEVEL: 'info' });
  const config = {
    ...(await withSandbox(configured, { url: sandbox.url, notifyBaseUrl: publicUrl, cashierBaseUrl: sandbox.url })),
    databaseUrl: database.url,
    apiKeys: [
      { digest: digestOf(KEY), scopes: ['orders', 'catalog', 'operate', 'read'] as const },
      ...(options.apiKeys ?? []),
    ],
    timing: { ...TIMING, ...options.timing },
    latePaymentPolicy: options.latePaymentPolicy ?? 'refund',
  };
  const { worker = true } = options;
  const temporalOptions = {
    connection: { address: environment.temporalAddress },
    namespace: worker ? environment.temporalNamespace : await newNamespace(environment.temporalAddress, label),
  };
  const prisma = createPrisma(database.url);
  const stores = openStores(database.url, Date.now);
  const logged: string[] = [];
  let service: Service | null = null;
  const start = async (): Promise<void> => {
    service = await startService({
      config,
      temporal: temporalOptions,
      roles: { api: true, worker },
      workflows: { bundle: { codePath: environment.workflowBundlePath } },
      ...(worker ? { taskQueue } : {}),
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
    ...{
      api: new ApiClient(publicUrl, KEY),
      sandbox,
      stores,
      prisma,
      temporal,
      temporalOptions,
      taskQueue,
      config,
      logged,
    },
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

/** A namespace that no other test's worker polls, with the search attributes that orders set. */
async function newNamespace(address: string, label: string): Promise<string> {
  const namespace = `${label}-${randomBytes(4).toString('hex')}`;
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 } as never,
    });
    await until('the namespace is known', () =>
      connection.workflowService.describeNamespace({ namespace }).catch(() => null),
    );
  } finally {
    await connection.close();
  }
  return namespace;
}
