import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, ConfigError, readConfig, readTemporalSettings, type TemporalSettings } from '../../config';
import { dataDirHolder } from '../local/data-dir';
import { POSTGRES_ROLE } from '../local/postgres-home';
import { checkDatabase } from './database';
import { fail, type Finding, ok } from './finding';
import { checkMachine } from './machine';
import { checkOptional, checkTemporal } from './servers';

export interface DoctorOptions {
  /** What was found before this program could be loaded: Node, the packages, what is generated from the sources. */
  readonly before?: readonly Finding[];
  readonly readConfig?: () => Config;
  readonly readTemporal?: () => TemporalSettings | null;
}

/** Looks at an installation from Node to what is stuck in it, changes nothing, and says what to do. */
export async function examine(options: DoctorOptions = {}): Promise<Finding[]> {
  const { before = [] } = options;
  let config: Config;
  let temporal: TemporalSettings | null;
  try {
    config = (options.readConfig ?? readConfig)();
    temporal = (options.readTemporal ?? readTemporalSettings)();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const faults = error.faults.map((fault) =>
      fail('configuration', fault, 'correct it; the README lists every variable'),
    );
    return [...before, ...faults];
  }
  const running = (await dataDirHolder(config.dataDir).catch(() => null)) !== null;
  const databaseUrl = config.databaseUrl ?? (running ? await embeddedUrl(config.dataDir) : null);
  const atStart = (what: string): Promise<Finding[]> =>
    Promise.resolve([ok(what, 'not configured and not running: `npm start` brings it along')]);
  const server = temporal ?? (running ? { connection: { address: '127.0.0.1:7233' }, namespace: 'default' } : null);
  const found = await Promise.all([
    checkMachine(config),
    databaseUrl === null ? atStart('PostgreSQL') : checkDatabase(databaseUrl, config),
    server === null ? atStart('Temporal') : checkTemporal(server),
    checkOptional(config),
  ]);
  const valid = ok('configuration', `valid${config.production ? ', for production' : ''}`);
  return [...before, valid, ...found.flat()];
}

/** Where the embedded PostgreSQL of a running `npm start` listens; null where it has not come up yet. */
async function embeddedUrl(dataDir: string): Promise<string | null> {
  const read = (name: string): Promise<string> => readFile(join(dataDir, 'postgres', name), 'utf8');
  try {
    const [port, password] = await Promise.all([read('port'), read('password')]);
    return `postgresql://${POSTGRES_ROLE}:${encodeURIComponent(password.trim())}@127.0.0.1:${port.trim()}/holdfast`;
  } catch {
    return null;
  }
}

/** A line per finding, and below it what to do; readable without colour. */
export function render(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ what }) => what.length));
  const lines = findings.flatMap(({ level, what, found, todo }) => [
    `${level.padEnd(4)}  ${what.padEnd(width)}  ${found}`,
    ...(todo === undefined ? [] : [`${' '.repeat(width + 8)}→ ${todo}`]),
  ]);
  const count = (level: Finding['level']): number => findings.filter((each) => each.level === level).length;
  return [...lines, '', `${count('ok')} ok, ${count('warn')} warn, ${count('fail')} fail`].join('\n');
}
