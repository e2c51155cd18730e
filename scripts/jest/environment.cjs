const { TestEnvironment } = require('jest-environment-node');

/**
 * Node's environment, which also tells a test file whether one of its tests has failed: what it worked on
 * (see test/support/database.ts) is then kept for inspection.
 */
class HoldfastTestEnvironment extends TestEnvironment {
  async handleTestEvent(event) {
    if (event.name === 'test_fn_failure' || event.name === 'hook_failure') this.global.holdfastTestFailed = true;
  }
}

module.exports = HoldfastTestEnvironment;
