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
import { openLog } from '../../src/main/log';
import { type Tracing } from '../../src/telemetry/tracing/index';
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
const TIMING: Config['timing'] = {
  gatewayTimeoutMs: 500,
  paymentWaitMs: 5_000,
  escalateAfterMs: 1_000,
  skuCacheLifeMs: 600_000,
  // A busy test machine must not make a read of the cache one of PostgreSQL.
  skuCacheTimeoutMs: 5_000,
};
const RECONCILE = { everySeconds: 0, secondLookMs: 50, underWayMs: 0, overdueMs: 0, outlivedMs: 0 };
const KEY = 'key-of-the-tests';
export const DATA_KEYS = `tests=${Buffer.alloc(32, 7).toString('base64')}`;

export interface WorldOptions {
  readonly timing?: Partial<Config['timing']>;
  readonly latePaymentPolicy?: Config['latePaymentPolicy'];
  /** Broker, cache, consumers and shop, which are not there unless given; a port of metrics; the console and its rules. */
  readonly config?: Partial<
    Pick<
      Config,
      'amqp' | 'redis' | 'consumers' | 'shop' | 'metricsPort' | 'reconcile' | 'console' | 'twoPersonAboveMinor'
    >
  >;
  /** Further keys, beside the one of the tests' own client. */
  readonly apiKeys?: Config['apiKeys'];
  /** Traces everything; `bundle` is the file of workflows bundled with tracing in them. */
  readonly traced?: { readonly tracing: Tracing; readonly bundle: string };
  readonly logLevel?: string;
  /** False: an API without a worker, in a namespace of its own, for worker processes to be started beside it. */
  readonly worker?: boolean;
  /** Answers the URL by which the service reaches its database, where that isn't the direct one. */
  readonly databaseVia?: (url: string) => Promise<string>;
}

/** The whole service in this process, with a database, a task queue and a sandbox process of its own. */
export async function openWorld(label: string, options: WorldOptions = {}): Promise<World> {
  const opened = new Opened();
  try {
    return await open(label, options, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** What was opened, to be closed in the opposite order: also by a start that fails half-way. */
class Opened {
  private readonly closers: (() => Promise<unknown>)[] = [];

  add(close: () => Promise<unknown>): void {
    this.closers.push(close);
  }

  /** All of it, whatever fails; the first failure is told. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.closers.splice(0).reverse()) await close().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}

async function open(label: string, options: WorldOptions, opened: Opened): Promise<World> {
  const environment = testEnvironment();
  const database = await createTestDatabase(label);
  opened.add(() => database.drop());
  const sandbox = await startSandbox(opened);
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const config = await configFor({ port, publicUrl, databaseUrl: database.url, sandbox }, options);
  const { worker = true, databaseVia } = options;
  const served = { ...config, databaseUrl: databaseVia ? await databaseVia(database.url) : database.url };
  const temporalOptions = {
    connection: { address: environment.temporalAddress },
    namespace: worker ? environment.temporalNamespace : await newNamespace(environment.temporalAddress, label),
  };
  const taskQueue = `${label}-${randomBytes(4).toString('hex')}`;
  const prisma = createPrisma(database.url);
  opened.add(() => prisma.$disconnect());
  const stores = openStores(database.url, { now: Date.now, dataKeys: config.dataKeys });
  opened.add(() => stores.close());
  const logged: string[] = [];
  let service: Service | null = null;
  const start = async (): Promise<void> => {
    service = await startService({
      config: served,
      temporal: temporalOptions,
      roles: { api: true, worker },
      workflows: { bundle: { codePath: options.traced?.bundle ?? environment.workflowBundlePath } },
      tracing: options.traced?.tracing ?? null,
      ...(worker ? { taskQueue } : {}),
      log: openLog(options.logLevel ?? 'info', {
        traced: options.traced !== undefined,
        destination: { write: (line) => logged.push(line) },
      }),
      onFailure: (error) => {
        throw error;
      },
    });
  };
  const stop = async (): Promise<void> => {
    await service?.stop();
    service = null;
  };
  opened.add(stop);
  await start();
  const temporal = await connectTemporal(temporalOptions);
  opened.add(() => temporal.close());
  return {
    ...{ api: new ApiClient(publicUrl, KEY), sandbox, stores, prisma, temporal, temporalOptions, taskQueue },
    ...{ config, logged, startService: start, stopService: stop },
    restart: async () => {
      await stop();
      await start();
    },
    close: () => opened.close(),
  };
}

/** A sandbox process in a folder of its own. */
async function startSandbox(opened: Opened): Promise<SandboxControl> {
  const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-world-'));
  opened.add(() => rm(dataDir, { recursive: true, force: true }));
  const started = await startSandboxProcess({
    port: await freePort(),
    dataDir,
    env: process.env,
    log: () => undefined,
  });
  opened.add(() => started.stop());
  return new SandboxControl(started.url);
}

interface Places {
  readonly port: number;
  readonly publicUrl: string;
  readonly databaseUrl: string;
  readonly sandbox: SandboxControl;
}

/** As a deployment is configured, with the sandbox as every provider and the tests' own keys and limits. */
async function configFor(
  { port, publicUrl, databaseUrl, sandbox }: Places,
  { apiKeys = [], timing, latePaymentPolicy = 'refund', config }: WorldOptions,
): Promise<World['config']> {
  const configured = loadConfig({ PORT: String(port), LOG_LEVEL: 'info', DATA_KEYS });
  const settings = { url: sandbox.url, notifyBaseUrl: publicUrl, cashierBaseUrl: sandbox.url };
  const own = { digest: digestOf(KEY), scopes: ['orders', 'catalog', 'operate', 'read'] as const };
  return {
    ...(await withSandbox(configured, settings)),
    ...{ databaseUrl, latePaymentPolicy, shop: null },
    apiKeys: [own, ...apiKeys],
    timing: { ...TIMING, ...timing },
    // Only when a test asks for a run, which then waits for nothing.
    reconcile: { ...configured.reconcile, ...RECONCILE },
    ...config,
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
