import { z } from 'zod';
import { CONSUMER_NAMES, type ConsumerName } from '../consumers/names';
import { MAX_MINOR } from '../domain/money';
import { MAX_EARN_BASIS_POINTS } from '../domain/points-award';
import { LATE_PAYMENT_POLICIES } from '../domain/refund';

/** A whole number in plain decimal digits: no blanks, no signs, no hexadecimal. */
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, { error: 'must be a whole number' })
    .transform(Number)
    .pipe(z.number().min(min).max(max));
const port = whole(0, 65_535);
/** Calls a second; a provider that takes more than 10,000 from one merchant has no limit to speak of. */
const rate = whole(1, 10_000);
/** From 0 to 1. */
const share = z
  .string()
  .regex(/^(0|1|0?\.\d{1,9}|1\.0+)$/, { error: 'must be a number from 0 to 1' })
  .transform(Number);
const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be a URL starting with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });
/** What fetch() refuses to call, naming the password as it does. */
const withoutCredentials = (value: string): boolean => {
  const { username, password } = new URL(URL.canParse(value) ? value : 'http://none');
  return username === '' && password === '';
};
const NO_CREDENTIALS = { error: 'must not carry a user or a password: give a token in its path or query' };
/** PEM text; environment files often carry its line ends as `\n`. */
const lines = z.string().transform((value) => value.replaceAll('\\n', '\n'));
const pem = lines.refine((value) => value.includes('-----BEGIN '), { error: 'must be PEM text (-----BEGIN …-----)' });

/** `serial=PEM;serial=PEM`: a PEM has an `=` at most at its end, and no `;`. */
const platformKeys = lines.transform((value, context) => {
  const entries = value.split(';').map((entry) => entry.trim());
  return entries
    .filter((entry) => entry !== '')
    .map((entry, index) => {
      const [, serial = '', publicKeyPem = ''] = /^(\w+)=(.*-----BEGIN .*)$/s.exec(entry) ?? [];
      if (serial === '')
        context.addIssue({ code: 'custom', message: `entry ${index + 1} is not of the form serial=PEM` });
      return { serial, publicKeyPem };
    });
});
const isConsumer = (name: string): name is ConsumerName => (CONSUMER_NAMES as readonly string[]).includes(name);
/** Names joined by commas, or `none`. */
const consumers = z
  .string()
  .transform((value) => (value === 'none' ? [] : value.split(',').map((name) => name.trim())))
  .refine((names): names is ConsumerName[] => names.every(isConsumer), {
    error: `must be none, or one or more of ${CONSUMER_NAMES.join(', ')}, joined by commas`,
  });

/** What the console's cookies are sealed with is a key of 256 bits at the least. */
const SHORTEST_SECRET = 32;

/** Longest and shortest pay window that may be configured, in seconds; part of the HTTP contract. */
const WINDOW = { longest: 86_400, shortest: 1 } as const;

/**
 * Every environment variable that the product reads, apart from the Temporal SDK's own TEMPORAL_* (read by
 * @temporalio/envconfig). The README's table is checked against this one. A secret may also be given as `<NAME>_FILE`, a
 * path to a file that holds it.
 */
export const VARIABLES = {
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  HOST: z.string().min(1).optional(),
  PORT: port.default(3000),
  PUBLIC_URL: url('http:', 'https:').optional(),
  TRUSTED_PROXIES: whole(0, 10).default(0),
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  REDIS_URL: url('redis:', 'rediss:').optional(),
  AMQP_URL: url('amqp:', 'amqps:').optional(),
  SANDBOX_PORT: port.default(3900),
  SANDBOX_URL: url('http:', 'https:').optional(),
  SANDBOX_NOTIFY_BASE_URL: url('http:', 'https:').optional(),
  SANDBOX_CASHIER_URL: url('http:', 'https:').optional(),
  API_KEYS: z.string().min(1).optional(),
  DATA_KEYS: z.string().min(1).optional(),
  OPERATORS: z.string().min(1).optional(),
  CONSOLE_SECRET: z
    .string()
    .min(SHORTEST_SECRET, { error: `must have at least ${SHORTEST_SECRET} characters` })
    .optional(),
  TEMPORAL_UI_URL: url('http:', 'https:').optional(),
  TWO_PERSON_ABOVE_MINOR: whole(1, MAX_MINOR).optional(),
  PAYMENT_WINDOW_SECONDS: whole(WINDOW.shortest, WINDOW.longest).default(1800),
  LATE_PAYMENT_POLICY: z.enum(LATE_PAYMENT_POLICIES).default('refund'),
  RECONCILE_EVERY_SECONDS: whole(0, 86_400).default(900),
  RETENTION_DAYS: whole(1, 3_650).default(90),
  CONSUMERS: consumers.default([...CONSUMER_NAMES]),
  POINTS_EARN_BASIS_POINTS: whole(0, MAX_EARN_BASIS_POINTS).default(0),
  PROFIT_SHARE_URL: url('http:', 'https:').refine(withoutCredentials, NO_CREDENTIALS).optional(),
  SHOP: z.enum(['on', 'off']).optional(),
  SHOP_API_KEY: z.string().min(1).optional(),
  WORKER_CACHED_WORKFLOWS: whole(1, 1_000_000).optional(),
  DATA_DIR: z.string().min(1).default('.data'),
  METRICS_PORT: port.default(0),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http:', 'https:').optional(),
  OTEL_SERVICE_NAME: z.string().min(1).default('holdfast'),
  OTEL_TRACES_SAMPLER_ARG: share.default(1),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  WECHAT_BASE_URL: url('http:', 'https:').optional(),
  WECHAT_MCHID: z.string().min(1).optional(),
  WECHAT_APPID: z.string().min(1).optional(),
  WECHAT_MERCHANT_SERIAL: z.string().min(1).optional(),
  WECHAT_MERCHANT_PRIVATE_KEY: pem.optional(),
  WECHAT_API_V3_KEY: z.string().min(1).optional(),
  WECHAT_PLATFORM_PUBLIC_KEY_ID: z.string().min(1).optional(),
  WECHAT_PLATFORM_PUBLIC_KEY: pem.optional(),
  WECHAT_FURTHER_PLATFORM_KEYS: platformKeys.optional(),
  WECHAT_NOTIFY_URL: url('http:', 'https:').optional(),
  WECHAT_CASHIER_BASE_URL: url('http:', 'https:').optional(),
  WECHAT_RATE_PER_SECOND: rate.optional(),
  ALIPAY_BASE_URL: url('http:', 'https:').optional(),
  ALIPAY_APP_ID: z.string().min(1).optional(),
  ALIPAY_SELLER_ID: z.string().min(1).optional(),
  ALIPAY_APP_PRIVATE_KEY: lines.optional(),
  ALIPAY_PUBLIC_KEY: lines.optional(),
  ALIPAY_NOTIFY_URL: url('http:', 'https:').optional(),
  ALIPAY_CASHIER_BASE_URL: url('http:', 'https:').optional(),
  ALIPAY_RATE_PER_SECOND: rate.optional(),
  STRIPE_BASE_URL: url('http:', 'https:').optional(),
  STRIPE_SECRET_KEY: z.string().min(1).optional(),
  STRIPE_WEBHOOK_SECRET: z.string().min(1).optional(),
  STRIPE_RETURN_URL: url('http:', 'https:').optional(),
  STRIPE_MODE: z.enum(['checkout', 'payment_intent']).optional(),
  STRIPE_RATE_PER_SECOND: rate.optional(),
} as const;

/** Variables that begin with one of these are ours: an unknown one is a slip of the pen, and stops the start. */
export const OWN_PREFIXES = [
  'POINTS_',
  'PROFIT_SHARE_',
  'WECHAT_',
  'ALIPAY_',
  'STRIPE_',
  'SANDBOX_',
  'PAYMENT_',
  // Without the end of the names that there are: a missing or further `S` is the likeliest slip.
  'API_KEY',
  'DATA_KEY',
  'OPERATOR',
  'CONSOLE_',
  'TWO_PERSON',
  'LATE_',
  'SHOP_',
  'RECONCILE_',
  'RETENTION_',
  'CONSUMER',
  'WORKER_',
  'METRICS_',
  'HOLDFAST_',
];
/** Given by the test environment to the tests, not to the product. */
export const TEST_PREFIX = 'HOLDFAST_TEST_';

export const SECRETS = [
  'DATABASE_URL',
  'REDIS_URL',
  'AMQP_URL',
  'PROFIT_SHARE_URL',
  'API_KEYS',
  'DATA_KEYS',
  'SHOP_API_KEY',
  'OPERATORS',
  'CONSOLE_SECRET',
  'WECHAT_MERCHANT_PRIVATE_KEY',
  'WECHAT_API_V3_KEY',
  'ALIPAY_APP_PRIVATE_KEY',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
] as const;

export const ENVIRONMENT = z.object(VARIABLES);
export type Environment = z.infer<typeof ENVIRONMENT>;
export const LONGEST_WINDOW_SECONDS = WINDOW.longest;
export const SHORTEST_WINDOW_SECONDS = WINDOW.shortest;
