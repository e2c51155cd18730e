import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPages, pagesHash, pagesThere } from './pages.mjs';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** `fetch`, `structuredClone`, `node:test`-era APIs and stable ES2023 arrays: what the code relies on. */
const OLDEST_NODE = [20, 3];
const NODE_MODULES = join(ROOT, 'node_modules');
const STAMP = join(NODE_MODULES, '.holdfast-setup.json');
const SCHEMA = join(ROOT, 'prisma', 'schema.prisma');
const CLIENT = join(ROOT, 'src', 'adapters', 'store', 'prisma', 'generated');

/** Characters of a failed command's output worth showing: its end says why. */
const LAST_WORDS = 2_000;

const log = (line) => process.stderr.write(`setup: ${line}\n`);

/**
 * Makes a fresh clone runnable: dependencies as package-lock.json says, the generated Prisma client, the bundled pages. Does
 * nothing, in some milliseconds, when all are as they should be; an interrupted earlier attempt is simply done again.
 */
export async function setUp() {
  checkNode();
  if (isDone()) return;
  const unlock = await lock();
  try {
    if (!dependenciesCurrent()) await installDependencies();
    if (!clientCurrent()) generateClient();
    if (!pagesCurrent()) await bundlePages();
  } finally {
    unlock();
  }
}

/** What of all that is there, as `npm run doctor` tells it; changes nothing. */
export function standing() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const enough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const oldest = OLDEST_NODE.join('.');
  const line = (fine, what, found, missing, todo) =>
    fine ? { level: 'ok', what, found } : { level: 'fail', what, found: missing, todo };
  const run = 'run `node scripts/setup.mjs` (`npm start` and `npm test` do)';
  return [
    line(
      enough,
      'Node.js',
      process.versions.node,
      `${process.versions.node} is older than ${oldest}`,
      'update it: https://nodejs.org',
    ),
    line(
      installedMatchesLock(),
      'dependencies',
      'as package-lock.json says',
      'missing, or not those of package-lock.json',
      run,
    ),
    line(clientCurrent(), 'database client', 'generated from the schema', 'missing, or of another schema', run),
    line(pagesCurrent(), 'pages', 'bundled', 'not bundled, or of other sources', run),
  ];
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  fail(`Node.js ${OLDEST_NODE.join('.')} or newer is needed, this is ${process.versions.node}: see https://nodejs.org`);
}

function isDone() {
  return dependenciesCurrent() && clientCurrent() && pagesCurrent();
}

function dependenciesCurrent() {
  const wanted = dependenciesHash();
  if (readStamp().dependencies === wanted) return true;
  if (!installedMatchesLock()) return false;
  writeStamp({ dependencies: wanted }); // installed by hand
  return true;
}

/** Native packages are installed for one platform: a folder copied from another machine must not count. */
function dependenciesHash() {
  return hash(readFileSync(join(ROOT, 'package-lock.json')), `${process.platform}-${process.arch}`);
}

/** npm writes this list last, so it is there only when an install ran to its end. */
function installedMatchesLock() {
  const installed = readJson(join(NODE_MODULES, '.package-lock.json'))?.packages;
  const wanted = readJson(join(ROOT, 'package-lock.json'))?.packages;
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    const found = installed[path];
    return found ? found.version === version && existsSync(join(ROOT, path)) : Boolean(optional || devOptional);
  });
}

async function installDependencies() {
  log('installing dependencies (npm ci), a minute or two');
  rmSync(STAMP, { force: true });
  const began = Date.now();
  const beat = setInterval(() => log(`installing dependencies: ${Math.round((Date.now() - began) / 1000)} s`), 10_000);
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const npm = process.env.npm_execpath;
  // Through `npm start` npm says where it is; run directly, it is found on PATH (on Windows as a script for the shell).
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const shell = command === 'npm' && process.platform === 'win32';
  try {
    await run(command, [...first, ...args], { cwd: ROOT, stdio: ['ignore', 2, 2], shell });
  } finally {
    clearInterval(beat);
  }
  writeStamp({ dependencies: dependenciesHash() });
}

function clientCurrent() {
  return !existsSync(SCHEMA) || (readStamp().client === clientHash() && existsSync(join(CLIENT, 'client.ts')));
}

function clientHash() {
  const { version } = readJson(join(NODE_MODULES, 'prisma', 'package.json')) ?? {};
  return hash(readFileSync(SCHEMA), String(version));
}

function generateClient() {
  log('generating the database client');
  const wanted = clientHash();
  const prisma = join(NODE_MODULES, 'prisma', 'build', 'index.js');
  const result = spawnSync(process.execPath, [...prismaHelp(), prisma, 'generate'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      ...process.env,
      // `generate` never runs the schema engine, but downloads it unless a file is named; any file does.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    },
  });
  if (result.status !== 0)
    fail(`the database client could not be generated:\n${`${result.stdout}${result.stderr}`.slice(-LAST_WORDS)}`);
  writeStamp({ client: wanted });
}

function pagesCurrent() {
  return readStamp().pages === currentPagesHash() && pagesThere(ROOT);
}

function currentPagesHash() {
  return pagesHash(ROOT, dependenciesHash());
}

async function bundlePages() {
  log('bundling the pages');
  const wanted = currentPagesHash();
  await buildPages(ROOT);
  writeStamp({ pages: wanted });
}

/**
 * Prisma's command line wants Node 20.19: it colours with util.styleText and requires ES modules. For an older one both
 * are supplied, by a stand-in and by tsx's hook.
 */
function prismaHelp() {
  if (process.features.require_module) return [];
  return ['--require', join(ROOT, 'scripts', 'lib', 'style-text.cjs'), '--require', 'tsx/cjs'];
}

/** Two first starts at once must not both run `npm ci`: the second waits, then finds nothing to do. */
async function lock() {
  const dir = join(tmpdir(), `holdfast-setup-${hash(ROOT).slice(0, 16)}.lock`);
  const owner = join(dir, 'pid');
  for (let told = false; ; told = true) {
    try {
      mkdirSync(dir);
      writeFileSync(owner, String(process.pid));
      return () => rmSync(dir, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(readText(owner));
    // No number yet: it is being written, or its writer was killed just then; a second look tells.
    if (holder > 0 ? !isAlive(holder) : told) rmSync(dir, { recursive: true, force: true });
    else if (!told) log(`waiting for process ${holder || ''}, which is setting up`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs a command in our process group, so that Ctrl-C ends it with us. */
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new SetupError(`${command} ${args.join(' ')} ended with ${signal ?? `code ${code}`}`));
    });
  });
}

/**
 * Loads a TypeScript source of this project into this very process, so that a signal has one receiver and nothing has to
 * be passed on. Sources are CommonJS: tsx's require hook is enough, and it is the one that every Node from 20.3 on takes.
 */
export function load(file) {
  const require = createRequire(import.meta.url);
  require('tsx/cjs');
  return require(join(ROOT, file));
}

/** A failure whose message says all: it is shown without a stack. */
export class SetupError extends Error {}

function fail(message) {
  throw new SetupError(message);
}

/** Runs a script's main function; a setup failure ends it with a plain message and code 1. */
export function main(body) {
  body().catch((error) => {
    process.stderr.write(`${error instanceof SetupError ? `setup: ${error.message}` : (error?.stack ?? error)}\n`);
    process.exit(1);
  });
}

function readStamp() {
  return readJson(STAMP) ?? {};
}

function writeStamp(change) {
  mkdirSync(dirname(STAMP), { recursive: true });
  const draft = `${STAMP}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ ...readStamp(), ...change }));
  renameSync(draft, STAMP);
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function hash(...parts) {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part).update('\0');
  return digest.digest('hex');
}
