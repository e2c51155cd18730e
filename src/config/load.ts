import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Config, DEFAULT_TIMING } from './types';
import { parseApiKeys } from './api-keys';
import { parseDataKeys } from './data-keys';
import { gatewaySettings, missingOfGateways, sandboxSettings } from './gateways';
import {
  ENVIRONMENT,
  type Environment,
  LONGEST_WINDOW_SECONDS,
  OWN_PREFIXES,
  SECRETS,
  SHORTEST_WINDOW_SECONDS,
  TEST_PREFIX,
  VARIABLES,
} from './schema';

type Env = Readonly<Record<string, string | undefined>>;

/** What is wrong with the environment, every variable at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(`the configuration is not valid:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/** Production keeps a floor under the pay window: nobody can pay within a second. */
const SHORTEST_IN_PRODUCTION_SECONDS = 60;

/** Reads and checks the environment. Throws a ConfigError that names every variable that is unknown or invalid. */
export function loadConfig(env: Env): Config {
  const faults: string[] = [];
  const given = withSecretFiles(env, faults);
  faults.push(...unknownVariables(given));
  const parsed = ENVIRONMENT.safeParse(dropEmpty(given));
  const production = given['NODE_ENV'] === 'production';
  const apiKeys = parseApiKeys(given['API_KEYS'] ?? '', production, faults);
  const dataKeys = parseDataKeys(given['DATA_KEYS'] ?? '', faults);
  faults.push(...missingOfGateways(given), ...belowFloor(given, production));
  if (production && given['SANDBOX_URL']) faults.push('SANDBOX_URL: must not be set when NODE_ENV=production');
  if (!parsed.success) {
    faults.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
    throw new ConfigError(faults);
  }
  const environment = parsed.data;
  if (faults.length > 0) throw new ConfigError(faults);
  const publicUrl = (environment.PUBLIC_URL ?? `http://127.0.0.1:${environment.PORT}`).replace(/\/$/, '');
  return {
    production,
    host: environment.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    port: environment.PORT,
    publicUrl,
    databaseUrl: environment.DATABASE_URL ?? null,
    sandboxPort: environment.SANDBOX_PORT,
    apiKeys,
    dataKeys,
    paymentWindow: windowOf(environment, production),
    dataDir: resolve(environment.DATA_DIR),
    logLevel: environment.LOG_LEVEL,
    ...gatewaySettings(environment, publicUrl),
    sandbox: sandboxSettings(environment, publicUrl),
    latePaymentPolicy: environment.LATE_PAYMENT_POLICY,
    amqp: environment.AMQP_URL === undefined ? null : { url: environment.AMQP_URL, prefix: 'holdfast' },
    redis: environment.REDIS_URL === undefined ? null : { url: environment.REDIS_URL, prefix: 'holdfast' },
    consumers: {
      run: environment.CONSUMERS,
      pointsEarnBasisPoints: environment.POINTS_EARN_BASIS_POINTS,
      profitShareUrl: environment.PROFIT_SHARE_URL ?? null,
    },
    timing: DEFAULT_TIMING,
  };
}

function shortestWindow(production: boolean): number {
  return production ? SHORTEST_IN_PRODUCTION_SECONDS : SHORTEST_WINDOW_SECONDS;
}

function windowOf(environment: Environment, production: boolean): Config['paymentWindow'] {
  const defaultSeconds = environment.PAYMENT_WINDOW_SECONDS;
  return { defaultSeconds, minSeconds: shortestWindow(production), maxSeconds: LONGEST_WINDOW_SECONDS };
}

/** The default has to keep to production's floor as well; an order without a window of its own gets it. */
function belowFloor(env: Env, production: boolean): string[] {
  const parsed = VARIABLES.PAYMENT_WINDOW_SECONDS.safeParse(env['PAYMENT_WINDOW_SECONDS'] || undefined);
  const shortest = shortestWindow(production);
  if (!parsed.success || parsed.data >= shortest) return [];
  return [`PAYMENT_WINDOW_SECONDS: must be at least ${shortest} when NODE_ENV=production`];
}

function unknownVariables(env: Env): string[] {
  return Object.keys(env)
    .filter((name) => OWN_PREFIXES.some((prefix) => name.startsWith(prefix)) && !name.startsWith(TEST_PREFIX))
    .filter((name) => !(name in VARIABLES))
    .map((name) => `${name}: unknown variable; the README lists those that this version reads`);
}

/** An empty value counts as not given: compose files and CI systems pass those along. */
function dropEmpty(env: Env): Env {
  return Object.fromEntries(Object.keys(VARIABLES).flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

function withSecretFiles(env: Env, faults: string[]): Env {
  const read = { ...env };
  for (const name of SECRETS) {
    const file = env[`${name}_FILE`];
    delete read[`${name}_FILE`];
    if (!file) continue;
    try {
      read[name] = readFileSync(file, 'utf8').trim();
      if (read[name] === '') faults.push(`${name}_FILE: the file ${file} is empty`);
    } catch {
      faults.push(`${name}_FILE: the file ${file} cannot be read`);
    }
  }
  return read;
}
