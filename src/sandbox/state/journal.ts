import {
  closeSync,
  existsSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const FILE_NAME = 'journal.jsonl';
const NEWLINE = 0x0a;

/**
 * Append-only JSON lines, the sandbox's only durable state beside its keys.
 *
 * Contract:
 * 1. `append` hands the whole line to the kernel before it returns: a killed process loses nothing that was appended.
 * 2. `synced` resolves when everything appended before the call is on the disk: nothing is answered before it, so a
 *    machine that loses power forgets nothing that anybody was told. Concurrent callers share one fdatasync.
 * 3. A torn last line (power lost inside a write) was never answered: it is dropped with a warning. Damage anywhere
 *    else stops the start, because later lines build on it.
 */
export class Journal {
  private appended = 0;
  private durable = 0;
  private syncing: Promise<void> | null = null;
  private closed = false;

  private constructor(
    private readonly fd: number,
    private length: number,
  ) {}

  /**
   * Opens (or creates) the journal of a data directory and returns the records it holds, oldest first.
   * @throws Error naming file and line when a line other than the last can't be read.
   */
  static open(dataDir: string, warn: (message: string) => void): { journal: Journal; records: unknown[] } {
    mkdirSync(dataDir, { recursive: true });
    const path = join(dataDir, FILE_NAME);
    const { records, length } = existsSync(path) ? readJournal(path, warn) : { records: [], length: 0 };
    const fd = openSync(path, 'a', 0o600);
    syncDirectory(dataDir);
    return { journal: new Journal(fd, length), records };
  }

  /** Appends one record synchronously. @throws when the disk refuses it; the journal is then as it was before. */
  append(record: unknown): void {
    // A closed descriptor's number may belong to another file by now.
    if (this.closed) throw new Error('the journal is closed');
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    try {
      for (let written = 0; written < line.length;) written += writeSync(this.fd, line, written);
    } catch (error) {
      ftruncateSync(this.fd, this.length);
      throw error;
    }
    this.length += line.length;
    this.appended += 1;
  }

  /** Resolves when all records appended so far are on the disk; rejects when the disk fails. */
  async synced(): Promise<void> {
    const target = this.appended;
    while (this.durable < target) {
      this.syncing ??= this.syncOnce().finally(() => (this.syncing = null));
      await this.syncing;
    }
  }

  /** Syncs and closes the file; nothing may be appended afterwards. */
  async close(): Promise<void> {
    this.closed = true;
    await this.synced();
    closeSync(this.fd);
  }

  private syncOnce(): Promise<void> {
    const upTo = this.appended;
    return new Promise((resolve, reject) => {
      fdatasync(this.fd, (error) => {
        if (error) return reject(error);
        this.durable = upTo;
        resolve();
      });
    });
  }
}

function readJournal(path: string, warn: (message: string) => void): { records: unknown[]; length: number } {
  const bytes = readFileSync(path);
  const records: unknown[] = [];
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    const record = newline === -1 ? null : parseLine(bytes.subarray(start, end));
    if (record === null) {
      if (newline !== -1 && end + 1 < bytes.length) {
        throw new Error(
          `${path}: line ${records.length + 1} is damaged; restore the file or start with an empty data dir`,
        );
      }
      warn(`${path}: dropped a torn last line of ${end - start} bytes`);
      truncateSync(path, start);
      return { records, length: start };
    }
    records.push(record);
    start = end + 1;
  }
  return { records, length: start };
}

function parseLine(line: Buffer): object | null {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** A new file's name is durable only when its directory is synced; file systems that can't sync one don't need it. */
function syncDirectory(dir: string): void {
  try {
    const fd = openSync(dir, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    return;
  }
}
