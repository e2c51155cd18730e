const { writeFileSync } = require('node:fs');

/** Writes jest's own counts to the file that scripts/test.mjs names; a file that could not run counts as a failure. */
class SummaryReporter {
  onRunComplete(_contexts, results) {
    const summary = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    writeFileSync(process.env.HOLDFAST_TEST_SUMMARY, JSON.stringify(summary));
  }
}

module.exports = SummaryReporter;
