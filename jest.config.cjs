/**
 * Two projects: `unit` needs nothing but Node, `real` gets PostgreSQL, Temporal and the workflow bundle from its global
 * setup, which jest runs only when at least one of its tests is to run. `npm test -- test/unit` starts no server.
 */
const shared = {
  rootDir: __dirname,
  roots: ['<rootDir>/test'],
  testEnvironment: '<rootDir>/scripts/jest/environment.cjs',
  transform: {
    '\\.[jt]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Published as an ES module only, which jest's CommonJS runtime can't load as it is.
  transformIgnorePatterns: ['/node_modules/(?!@prisma/schema-engine-wasm/)'],
};
const UNIT = ['unit', 'sandbox', 'http'];

// Set by scripts/test.mjs, which ends with the counts this reporter writes.
const counted = process.env.HOLDFAST_TEST_SUMMARY !== undefined;

module.exports = {
  maxWorkers: 2,
  // Waits for real servers are bounded by the tests themselves; this only ends a test that hangs.
  testTimeout: 60_000,
  reporters: [
    'default',
    '<rootDir>/scripts/jest/progress-reporter.cjs',
    ...(counted ? ['<rootDir>/scripts/jest/summary-reporter.cjs'] : []),
  ],
  projects: [
    { ...shared, displayName: 'unit', testMatch: UNIT.map((name) => `<rootDir>/test/${name}/**/*.test.ts`) },
    {
      ...shared,
      displayName: 'real',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', ...UNIT.map((name) => `<rootDir>/test/${name}/`)],
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
  ],
};
