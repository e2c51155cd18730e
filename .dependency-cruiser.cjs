/** The import rules of docs/architecture.md ("Who may import whom"), enforced by `npm run imports`. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: {
    pathNot: [
      from,
      ...allowed,
      '^node:',
      '^(fs|path|crypto|os|util|events|http|https|net|stream|url|assert|child_process|timers|perf_hooks|async_hooks|zlib|buffer|worker_threads|readline|dns|process)(/|$)',
    ],
  },
});
const npm = (...names) => `^node_modules/(${names.join('|')})/`;
const ownParts = '^(src|workflows|activities|test|bench|prisma)/';

/** The packages of each adapter: its vendor's, and what it reads the vendor's answers with. An adapter not named here has none. */
const VENDORS = {
  'admission/door': [],
  'admission/embedded': [],
  'admission/redis': [],
  'cache/redis': [],
  'events/rabbitmq': ['rabbitmq-client'],
  'events/webhook': [],
  'forms/ajv': ['ajv'],
  'gateway/alipay': ['alipay-sdk', 'zod'],
  'gateway/points': [],
  'gateway/protection': ['cockatiel', 'rate-limiter-flexible'],
  'gateway/stripe': ['stripe', 'zod'],
  'gateway/wechat': ['zod'],
  ids: ['ulid'],
  'process/temporal': [
    '@temporalio/client',
    '@temporalio/common',
    '@temporalio/interceptors-opentelemetry',
    '@temporalio/proto',
    '@temporalio/worker',
  ],
  'scripts/redis': ['ioredis', 'cockatiel'],
  'store/prisma': ['@prisma/[^/]+', 'prisma', 'pg'],
};
const adapters = (...folders) => `^src/adapters/(${folders.join('|')})/`;
const vendorRules = Object.entries(VENDORS).map(([folder, packages]) => ({
  name: `vendors-of-${folder.replace('/', '-')}`,
  severity: 'error',
  from: { path: adapters(folder) },
  to: { path: '^node_modules/', ...(packages.length > 0 && { pathNot: npm(...packages) }) },
}));

module.exports = {
  forbidden: [
    ...vendorRules,
    {
      name: 'vendors-of-unnamed-adapters',
      comment: 'a new adapter names its vendor in VENDORS',
      severity: 'error',
      from: { path: '^src/adapters/', pathNot: adapters(...Object.keys(VENDORS)) },
      to: { path: '^node_modules/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-imports-nothing',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: '^src/domain/' },
    },
    {
      name: 'ports-import-domain',
      severity: 'error',
      from: { path: '^src/ports/' },
      to: { pathNot: '^src/(ports|domain)/' },
    },
    only(
      'workflows',
      '^workflows/',
      ['^src/domain/', '^activities/', npm('@temporalio/workflow', '@temporalio/common')],
      'deterministic code only',
    ),
    {
      name: 'workflows-take-activities-as-types',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
    },
    only('activities', '^activities/', ['^src/(domain|ports)/', npm('@temporalio/activity', '@temporalio/common')]),
    {
      name: 'adapters-own-vendor',
      comment:
        'an adapter knows its port and its own folder; only adapters/process/temporal also takes workflow contracts',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+/[^/]+)/', pathNot: '^src/adapters/process/temporal/' },
      to: { path: ownParts, pathNot: ['^src/adapters/$1/', '^src/(domain|ports)/', '^src/config/types'] },
    },
    {
      name: 'temporal-adapter',
      severity: 'error',
      from: { path: '^src/adapters/process/temporal/' },
      to: {
        path: ownParts,
        pathNot: ['^src/adapters/process/temporal/', '^src/(domain|ports)/', '^workflows/[^/]+/contract'],
      },
    },
    {
      name: 'only-temporal-adapter-takes-contracts',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(adapters/process/temporal|main)/' },
      to: { path: '^(workflows|activities)/' },
    },
    {
      name: 'dispatch-knows-ports',
      severity: 'error',
      from: { path: '^src/dispatch/' },
      to: { pathNot: ['^src/(dispatch|domain|ports)/'] },
    },
    {
      name: 'operate-knows-ports',
      severity: 'error',
      from: { path: '^src/operate/' },
      to: { pathNot: ['^src/(operate|domain|ports)/'] },
    },
    {
      name: 'consumers-know-ports',
      severity: 'error',
      from: { path: '^src/consumers/' },
      to: { pathNot: ['^src/(consumers|domain|ports)/'] },
    },
    {
      name: 'http-without-vendors',
      severity: 'error',
      from: { path: '^src/(http|console|storefront)/' },
      to: {
        path: ['^src/(adapters|sandbox|main)/', npm('@prisma', 'prisma', '@temporalio', 'pg', 'ioredis', 'amqplib')],
      },
    },
    {
      name: 'pages-run-in-browsers',
      comment: 'pages take pure rules, and of the servers they talk to only the contract, as types',
      severity: 'error',
      from: { path: '^src/web/' },
      to: {
        path: ['^node:', '^(src|workflows|activities)/'],
        pathNot: ['^src/web/', '^src/domain/', '^src/(console|storefront)/contract'],
      },
    },
    {
      name: 'pages-know-each-other-by-the-kit-only',
      severity: 'error',
      from: { path: '^src/web/(console|shop)/' },
      to: { path: '^src/web/', pathNot: ['^src/web/$1/', '^src/web/kit/'] },
    },
    {
      name: 'only-pages-take-browser-packages',
      severity: 'error',
      from: { path: '^(src|workflows|activities)/', pathNot: '^src/web/' },
      to: { path: npm('react', 'react-dom', 'react-router', '@mantine', '@tanstack', 'qrcode.react') },
    },
    {
      name: 'console-and-storefront-know-ports',
      severity: 'error',
      from: { path: '^src/(console|storefront)/' },
      to: { path: '^(src|workflows|activities)/', pathNot: ['^src/(http|ports|domain|operate)/', '^src/$1/'] },
    },
    {
      name: 'sandbox-stands-alone',
      severity: 'error',
      from: { path: '^src/sandbox/' },
      to: { path: ownParts, pathNot: '^src/sandbox/' },
    },
    {
      name: 'nobody-imports-sandbox',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(sandbox|main)/' },
      to: { path: '^src/sandbox/' },
    },
    {
      name: 'nobody-imports-main',
      severity: 'error',
      from: { path: '^(src|workflows|activities)/', pathNot: '^src/main/' },
      to: { path: '^src/main/' },
    },
    {
      name: 'no-tests-in-product',
      severity: 'error',
      from: { path: '^(src|workflows|activities)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'env-only-in-config',
      comment: 'process.env is read in src/config only; this rule keeps dotenv-like packages out elsewhere',
      severity: 'error',
      from: { path: '^(src|workflows|activities)/', pathNot: '^src/config/' },
      to: { path: npm('dotenv') },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'src/adapters/store/prisma/generated' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'default'],
    },
  },
};
