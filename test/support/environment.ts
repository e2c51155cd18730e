/** What the global setup of the `real` project hands over to its tests. */
export interface TestEnvironment {
  /** Names this run in everything that outlives a test: databases, task queues, workflow ids. */
  readonly runId: string;
  /** Temporary folder of this run. */
  readonly runDir: string;
  /** PostgreSQL's maintenance database, as a role that may create databases. */
  readonly adminUrl: string;
  /** A database with all migrations applied, to copy from. */
  readonly templateDatabase: string;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  /** File with the bundled workflows, for `Worker.create({ workflowBundle: { codePath } })`. */
  readonly workflowBundlePath: string;
}

/** The one place that knows the variable names; global setup writes them, `testEnvironment` reads them. */
export const VARIABLES: Readonly<Record<keyof TestEnvironment, string>> = {
  runId: 'HOLDFAST_TEST_RUN_ID',
  runDir: 'HOLDFAST_TEST_RUN_DIR',
  adminUrl: 'HOLDFAST_TEST_ADMIN_URL',
  templateDatabase: 'HOLDFAST_TEST_TEMPLATE_DATABASE',
  temporalAddress: 'HOLDFAST_TEST_TEMPORAL_ADDRESS',
  temporalNamespace: 'HOLDFAST_TEST_TEMPORAL_NAMESPACE',
  workflowBundlePath: 'HOLDFAST_TEST_WORKFLOW_BUNDLE',
};

/** @throws Error when a value is read that the global setup did not provide. */
export function testEnvironment(): TestEnvironment {
  return {
    runId: read('runId'),
    runDir: read('runDir'),
    adminUrl: read('adminUrl'),
    templateDatabase: read('templateDatabase'),
    temporalAddress: read('temporalAddress'),
    temporalNamespace: read('temporalNamespace'),
    workflowBundlePath: read('workflowBundlePath'),
  };
}

function read(key: keyof TestEnvironment): string {
  const value = process.env[VARIABLES[key]];
  if (value === undefined) {
    throw new Error(`${VARIABLES[key]} is not set: tests that need servers don't belong in test/unit or test/sandbox`);
  }
  return value;
}
