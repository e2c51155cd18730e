import { execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface InstallAttempt {
  /** An empty folder for this attempt; removed afterwards. */
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  /** File name of the binary on this platform. */
  readonly executable: string;
}

/** The newest release that `go install` can build as well (later ones carry replace directives): both ways give the same. */
const VERSION = '1.5.1';
export const GO_PACKAGE = `github.com/temporalio/cli/cmd/temporal@v${VERSION}`;

/** Without the internet a firewall often swallows packets: nobody should wait longer than this to learn it. */
const ANSWER_WITHIN_MS = 5_000;
/** A transfer that brings nothing for this long is dead. */
const SILENCE_MS = 30_000;
/** How often people see that a long step still goes on. */
const REPORT_EVERY_MS = 10_000;
/** The archive is about 80 MB; a megabyte each is the unit people read. */
const MEGABYTE = 1024 * 1024;

/**
 * Fetches the official release archive and unpacks it with the system's tar.
 *
 * @returns path of the unpacked binary, not yet tried.
 */
export async function downloadRelease(attempt: InstallAttempt): Promise<string> {
  const archive = join(attempt.dir, 'archive');
  const reasons: string[] = [];
  for (const url of releaseUrls()) {
    try {
      await fetchFile(url, archive, attempt.log);
      await run('tar', ['-xf', archive, '-C', attempt.dir, attempt.executable]);
      return join(attempt.dir, attempt.executable);
    } catch (error) {
      reasons.push(`${new URL(url).host}: ${reason(error)}`);
    }
  }
  throw new Error(reasons.join(', '));
}

/** The pinned release, then the vendor's own mirror, which serves the latest. */
function releaseUrls(): string[] {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const cpu = arch() === 'x64' ? 'amd64' : arch();
  const extension = system === 'windows' ? 'zip' : 'tar.gz';
  return [
    `https://github.com/temporalio/cli/releases/download/v${VERSION}/temporal_cli_${VERSION}_${system}_${cpu}.${extension}`,
    `https://temporal.download/cli/archive/latest?platform=${system}&arch=${cpu}`,
  ];
}

async function fetchFile(url: string, file: string, log: (line: string) => void): Promise<void> {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(new Error('no answer')), ANSWER_WITHIN_MS);
  let received = 0;
  const progress = setInterval(() => {
    if (received > 0) log(`downloading the Temporal CLI: ${Math.round(received / MEGABYTE)} MB`);
  }, REPORT_EVERY_MS);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
    log(`downloading the Temporal CLI from ${new URL(url).host}`);
    const watch = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        received += chunk.length;
        clearTimeout(timer);
        timer = setTimeout(() => abort.abort(new Error('the transfer stalled')), SILENCE_MS);
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(file));
  } finally {
    clearTimeout(timer);
    clearInterval(progress);
  }
}

/**
 * Builds the CLI from the Go module proxy; minutes on a small machine, once.
 *
 * @returns path of the built binary, not yet tried.
 */
export async function buildWithGo(attempt: InstallAttempt): Promise<string> {
  await run('go', ['version'], { env: attempt.env }).catch(() => {
    throw new Error('Go is not installed');
  });
  const began = Date.now();
  const seconds = (): number => Math.round((Date.now() - began) / 1000);
  attempt.log('building the Temporal CLI with Go: two to five minutes, only this once');
  const progress = setInterval(() => attempt.log(`building the Temporal CLI with Go: ${seconds()} s`), REPORT_EVERY_MS);
  try {
    await goInstall({ ...attempt.env, GOBIN: attempt.dir });
  } finally {
    clearInterval(progress);
  }
  attempt.log(`built the Temporal CLI in ${seconds()} s`);
  return join(attempt.dir, attempt.executable);
}

/** In our own process group on purpose: Ctrl-C ends the build with us. */
function goInstall(env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', ['install', GO_PACKAGE], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let lastWords = '';
    child.stderr.on('data', (chunk: Buffer) => (lastWords = (lastWords + chunk.toString()).slice(-LAST_WORDS)));
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`go install ended with ${signal ?? code}: ${lastWords.trim()}`));
    });
  });
}

/** Characters of a failed build worth showing: its end says why. */
const LAST_WORDS = 600;

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
