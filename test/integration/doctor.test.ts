import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { type PrismaClient } from '../../src/adapters/store/prisma/generated/client';
import { ConfigError, loadConfig } from '../../src/config';
import { type Finding } from '../../src/main/doctor/finding';
import { examine, render } from '../../src/main/doctor/index';
import { freePort } from '../../src/main/local/ports';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { testEnvironment } from '../support/environment';
import { silentProxy } from '../support/silent-proxy';

describe('npm run doctor', () => {
  let database: TestDatabase;
  let prisma: PrismaClient;
  let dataDir: string;
  let port: number;
  beforeAll(async () => {
    database = await createTestDatabase('doctor');
    prisma = createPrisma(database.url);
    dataDir = await mkdtemp(join(tmpdir(), 'holdfast-doctor-'));
    port = await freePort();
  });
  afterAll(async () => {
    await prisma?.$disconnect();
    await database?.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const run = (env: Record<string, string> = {}, temporalAddress = testEnvironment().temporalAddress) =>
    examine({
      readConfig: () => loadConfig({ DATABASE_URL: database.url, DATA_DIR: dataDir, PORT: String(port), ...env }),
      readTemporal: () => ({
        connection: { address: temporalAddress },
        namespace: testEnvironment().temporalNamespace,
      }),
    });
  const of = (findings: readonly Finding[], what: string): Finding => {
    const found = findings.find((each) => each.what === what);
    if (!found) throw new Error(`nothing is said of ${what}:\n${render(findings)}`);
    return found;
  };
  /** The database's URL with something of it wrong. */
  const broken = (change: (url: URL) => void): string => {
    const url = new URL(database.url);
    change(url);
    return url.href;
  };

  it('finds nothing that does not work where all is well', async () => {
    const findings = await run();
    expect(findings.filter(({ level }) => level === 'fail')).toEqual([]);
    for (const what of ['PostgreSQL', 'migrations', 'Temporal', 'search attributes', 'starts', 'closing orders'])
      expect(of(findings, what).level).toBe('ok');
    // Tests poll queues of their own.
    expect(of(findings, 'workers')).toMatchObject({ level: 'warn', found: expect.stringContaining('holdfast-orders') });
  });

  it('a wrong port', async () => {
    const nobody = await freePort();
    const findings = await run({ DATABASE_URL: broken((url) => (url.port = String(nobody))) }, `127.0.0.1:${nobody}`);
    expect(of(findings, 'PostgreSQL')).toMatchObject({ level: 'fail', found: expect.stringContaining('ECONNREFUSED') });
    expect(of(findings, 'Temporal').level).toBe('fail');
  });

  it('a wrong password, which it does not repeat', async () => {
    const findings = await run({ DATABASE_URL: broken((url) => (url.password = 'hush-hush')) });
    expect(of(findings, 'PostgreSQL')).toMatchObject({
      level: 'fail',
      found: expect.stringContaining('authentication'),
    });
    expect(JSON.stringify(findings)).not.toContain('hush');
  });

  it('a server that says nothing is given up', async () => {
    const proxy = await silentProxy(database.url);
    proxy.silence();
    try {
      expect(of(await run({ DATABASE_URL: proxy.url }), 'PostgreSQL').level).toBe('fail');
    } finally {
      await proxy.close();
    }
  });

  it('Redis and RabbitMQ that are away are warned of, their passwords kept', async () => {
    const nobody = await freePort();
    const findings = await run({
      REDIS_URL: `redis://:hush-hush@127.0.0.1:${nobody}`,
      AMQP_URL: `amqp://shop:hush-hush@127.0.0.1:${nobody}`,
    });
    expect([of(findings, 'Redis').level, of(findings, 'RabbitMQ').level]).toEqual(['warn', 'warn']);
    expect(JSON.stringify(findings)).not.toContain('hush');
  });

  it('migrations that are missing, unknown, or stopped half-way', async () => {
    const names = await prisma.$queryRaw<{ migration_name: string }[]>`
      SELECT migration_name FROM _prisma_migrations ORDER BY migration_name DESC LIMIT 1`;
    const last = names[0]?.migration_name ?? '';
    await prisma.$executeRaw`UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = ${last}`;
    expect(of(await run(), 'migrations')).toMatchObject({ level: 'fail', found: `${last} stopped half-way` });
    await prisma.$executeRaw`UPDATE _prisma_migrations SET migration_name = '29990101000000_later', finished_at = now() WHERE migration_name = ${last}`;
    expect(of(await run(), 'migrations').found).toContain('29990101000000_later is not known');
    await prisma.$executeRaw`UPDATE _prisma_migrations SET migration_name = ${last}, rolled_back_at = now() WHERE migration_name = '29990101000000_later'`;
    expect(of(await run(), 'migrations').found).toContain(`1 not applied, the first is ${last}`);
    await prisma.$executeRaw`UPDATE _prisma_migrations SET rolled_back_at = NULL WHERE migration_name = ${last}`;
    expect(of(await run(), 'migrations').level).toBe('ok');
  });

  it('starts that are stuck, and buyers’ keys that nobody can open', async () => {
    await prisma.$executeRaw`INSERT INTO start_intents (kind, subject_id, created_at) VALUES ('order', 'ord_stuck', now() - interval '1 hour')`;
    await prisma.$executeRaw`
      INSERT INTO buyer_keys (buyer_id, version, wrapped_key, master_key_id) VALUES ('buyer_1', 1, '\\x00'::bytea, 'lost')`;
    const findings = await run({ DATA_KEYS: `here=${Buffer.alloc(32, 1).toString('base64')}` });
    expect(of(findings, 'starts')).toMatchObject({ level: 'warn', todo: 'runbook: HoldfastStartsBehind' });
    expect(of(findings, 'buyers’ keys')).toMatchObject({ level: 'fail', found: expect.stringContaining('lost') });
  });

  it('a port that something else has', async () => {
    const other: Server = createServer((_request, response) => response.end('{"status":"something else"}')).listen(
      0,
      '127.0.0.1',
    );
    await once(other, 'listening');
    try {
      const { port: taken } = other.address() as AddressInfo;
      expect(of(await run({ PORT: String(taken) }), 'API port').level).toBe('fail');
    } finally {
      other.closeAllConnections();
      other.close();
      await once(other, 'close');
    }
  });

  it('a configuration that is not valid, variable by variable', async () => {
    const findings = await examine({ readConfig: () => loadConfig({ PORT: 'x', LOG_LEVEL: 'y' }) });
    expect(findings.map(({ level }) => level)).toEqual(['fail', 'fail']);
    expect(findings.map(({ found }) => found.split(':')[0]).sort()).toEqual(['LOG_LEVEL', 'PORT']);
    const unexpected = () => {
      throw new Error('not a fault of the configuration');
    };
    await expect(examine({ readConfig: unexpected })).rejects.not.toBeInstanceOf(ConfigError);
  });

  it('weak or missing keys in production', async () => {
    const weak = await examine({ readConfig: () => loadConfig({ NODE_ENV: 'production', API_KEYS: 'short=orders' }) });
    expect(weak).toMatchObject([{ level: 'fail', found: expect.stringContaining('at least 24 characters') }]);
    const missing = await run({ NODE_ENV: 'production' });
    expect([of(missing, 'API keys').level, of(missing, 'master keys').level]).toEqual(['fail', 'fail']);
  });
});
