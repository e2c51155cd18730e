const { relative } = require('node:path');

/** A run that says nothing for longer than this looks as if it hung. */
const EVERY_MS = 10_000;

/** Says what is running, where no terminal shows jest's own status: tests on real servers take minutes. */
module.exports = class ProgressReporter {
  constructor({ rootDir }) {
    this.rootDir = rootDir;
    this.running = new Set();
    this.done = 0;
  }

  onRunStart() {
    if (process.stderr.isTTY) return;
    const began = Date.now();
    this.timer = setInterval(() => {
      const files = [...this.running].map((path) => relative(this.rootDir, path)).join(', ') || 'nothing yet';
      const seconds = Math.round((Date.now() - began) / 1000);
      process.stderr.write(`${seconds} s, ${this.done} tests done, running: ${files}\n`);
    }, EVERY_MS);
  }

  onTestFileStart({ path }) {
    this.running.add(path);
  }

  onTestCaseResult() {
    this.done += 1;
  }

  onTestFileResult({ path }) {
    this.running.delete(path);
  }

  onRunComplete() {
    clearInterval(this.timer);
  }
};
