import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Config, DEFAULT_TIMING, type WechatSettings } from './types';
import { parseApiKeys } from './api-keys';
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
  const given = withSecretFiles(env);
  const faults = unknownVariables(given);
  const parsed = ENVIRONMENT.safeParse(dropEmpty(given));
  if (!parsed.success) {
    faults.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
    throw new ConfigError(faults);
  }
  const environment = parsed.data;
  const production = environment.NODE_ENV === 'production';
  const publicUrl = (environment.PUBLIC_URL ?? `http://127.0.0.1:${environment.PORT}`).replace(/\/$/, '');
  const collect = <T>(read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      faults.push((error as Error).message);
      return null;
    }
  };
  const apiKeys = collect(() => parseApiKeys(environment.API_KEYS ?? null, production)) ?? [];
  const wechat = collect(() => wechatSettings(environment, publicUrl));
  if (faults.length > 0) throw new ConfigError(faults);
  return {
    production,
    host: environment.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    port: environment.PORT,
    publicUrl,
    databaseUrl: environment.DATABASE_URL ?? null,
    sandboxPort: environment.SANDBOX_PORT,
    apiKeys,
    paymentWindow: {
      defaultSeconds: environment.PAYMENT_WINDOW_SECONDS,
      minSeconds: production ? SHORTEST_IN_PRODUCTION_SECONDS : SHORTEST_WINDOW_SECONDS,
      maxSeconds: LONGEST_WINDOW_SECONDS,
    },
    dataDir: resolve(environment.DATA_DIR),
    logLevel: environment.LOG_LEVEL,
    wechat,
    timing: DEFAULT_TIMING,
  };
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

function withSecretFiles(env: Env): Env {
  const read = { ...env };
  for (const name of SECRETS) {
    const file = env[`${name}_FILE`];
    if (!file) continue;
    delete read[`${name}_FILE`];
    try {
      read[name] = readFileSync(file, 'utf8').trim();
    } catch {
      throw new ConfigError([`${name}_FILE: the file ${file} cannot be read`]);
    }
  }
  return read;
}

/** WECHAT_BASE_URL is the provider's own unless given; the rest is all or nothing. */
const WECHAT_BASE_URL = 'https://api.mch.weixin.qq.com';
const WECHAT_REQUIRED = [
  'WECHAT_MCHID',
  'WECHAT_APPID',
  'WECHAT_MERCHANT_SERIAL',
  'WECHAT_MERCHANT_PRIVATE_KEY',
  'WECHAT_API_V3_KEY',
  'WECHAT_PLATFORM_PUBLIC_KEY_ID',
  'WECHAT_PLATFORM_PUBLIC_KEY',
] as const;

function wechatSettings(environment: Environment, publicUrl: string): WechatSettings | null {
  const missing = WECHAT_REQUIRED.filter((name) => environment[name] === undefined);
  if (missing.length === WECHAT_REQUIRED.length) return null;
  if (missing.length > 0) throw new Error(`WECHAT_*: ${missing.join(', ')} missing; WeChat Pay needs all of them`);
  const value = (name: (typeof WECHAT_REQUIRED)[number]): string => environment[name] ?? '';
  return {
    baseUrl: environment.WECHAT_BASE_URL ?? WECHAT_BASE_URL,
    mchid: value('WECHAT_MCHID'),
    appid: value('WECHAT_APPID'),
    merchantSerial: value('WECHAT_MERCHANT_SERIAL'),
    merchantPrivateKey: value('WECHAT_MERCHANT_PRIVATE_KEY'),
    apiV3Key: value('WECHAT_API_V3_KEY'),
    platformKeys: [
      { serial: value('WECHAT_PLATFORM_PUBLIC_KEY_ID'), publicKeyPem: value('WECHAT_PLATFORM_PUBLIC_KEY') },
    ],
    notifyUrl: environment.WECHAT_NOTIFY_URL ?? `${publicUrl}/v1/webhooks/wechat`,
    cashierBaseUrl: environment.WECHAT_CASHIER_BASE_URL ?? null,
  };
}
