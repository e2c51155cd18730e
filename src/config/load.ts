import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Config, DEFAULT_TIMING, RECONCILE_TIMES } from './types';
import { type ApiKey } from '../domain/access';
import { digestOf, parseApiKeys } from './api-keys';
import { parseDataKeys } from './data-keys';
import { type Operator, parseOperators } from './operators';
import { gatewaySettings, missingOfGateways, sandboxSettings } from './gateways';
import { withoutServiceLinks } from './service-links';
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
  const given = withSecretFiles(withoutServiceLinks(env), faults);
  faults.push(...unknownVariables(given));
  const parsed = ENVIRONMENT.safeParse(dropEmpty(given));
  const production = given['NODE_ENV'] === 'production';
  const apiKeys = parseApiKeys(given['API_KEYS'] ?? '', production, faults);
  const dataKeys = parseDataKeys(given['DATA_KEYS'] ?? '', faults);
  const operators = parseOperators(given['OPERATORS'] ?? '', production, faults);
  if (production && operators.length > 0 && !given['CONSOLE_SECRET'])
    faults.push('CONSOLE_SECRET: must be given with OPERATORS: without it there is no console for them');
  faults.push(...missingOfGateways(given), ...belowFloor(given, production), ...faultsOfShop(given, apiKeys));
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
    console: consoleOf(environment, operators),
    twoPersonAboveMinor: environment.TWO_PERSON_ABOVE_MINOR ?? null,
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
    shop: shopOpen(environment) ? { apiKey: environment.SHOP_API_KEY ?? null } : null,
    cachedWorkflows: environment.WORKER_CACHED_WORKFLOWS ?? null,
    trustedProxies: environment.TRUSTED_PROXIES,
    metricsPort: environment.METRICS_PORT,
    tracing: tracingOf(environment),
    timing: DEFAULT_TIMING,
    reconcile: {
      everySeconds: environment.RECONCILE_EVERY_SECONDS,
      retentionDays: environment.RETENTION_DAYS,
      ...RECONCILE_TIMES,
    },
  };
}

function tracingOf({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_SERVICE_NAME: serviceName,
  OTEL_TRACES_SAMPLER_ARG: sampleRatio,
}: Environment): Config['tracing'] {
  return endpoint === undefined ? null : { endpoint, serviceName, sampleRatio };
}

function consoleOf(environment: Environment, operators: readonly Operator[]): Config['console'] {
  const temporalUiUrl = environment.TEMPORAL_UI_URL?.replace(/\/$/, '') ?? null;
  return { secret: environment.CONSOLE_SECRET ?? null, operators, temporalUiUrl };
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

/** Open unless said otherwise where people try things, closed where they sell. */
function shopOpen({ SHOP, NODE_ENV }: { SHOP?: string | undefined; NODE_ENV?: string | undefined }): boolean {
  return SHOP ? SHOP === 'on' : NODE_ENV !== 'production';
}

/** The shop calls the API as any other client: with a key that the API knows. */
function faultsOfShop(env: Env, apiKeys: readonly ApiKey[]): string[] {
  const key = env['SHOP_API_KEY'];
  if (!key) {
    const needed = env['NODE_ENV'] === 'production' && shopOpen(env);
    return needed ? ['SHOP_API_KEY: must be given when SHOP=on and NODE_ENV=production'] : [];
  }
  const known = apiKeys.some(({ digest, scopes }) => digest === digestOf(key) && scopes.includes('orders'));
  return known ? [] : ['SHOP_API_KEY: must be one of API_KEYS, with the scope orders'];
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
