import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const FILE_NAME = 'alipay-scans.txt';

/**
 * Which trades a buyer has opened: Alipay knows a trade only from then on. One line a trade, `<out_trade_no> <RFC 3339>`,
 * on the disk before `note` returns; a torn last line was never answered and is dropped. Kept beside the journal
 * because the neutral core has no such fact.
 */
export class Scans {
  private readonly openedAt = new Map<string, string>();
  private readonly path: string;

  constructor(dataDir: string) {
    mkdirSync(dataDir, { recursive: true });
    this.path = join(dataDir, FILE_NAME);
    if (!existsSync(this.path)) return;
    const text = readFileSync(this.path, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) truncateSync(this.path, Buffer.byteLength(whole));
    for (const line of whole.split('\n').filter((entry) => entry !== '')) {
      const [merchantNo = '', at = ''] = line.split(' ');
      this.openedAt.set(merchantNo, at);
    }
  }

  /** When the trade was opened, RFC 3339; null when nobody has scanned its code. */
  at(merchantNo: string): string | null {
    return this.openedAt.get(merchantNo) ?? null;
  }

  /** Notes the first opening; later ones change nothing. */
  note(merchantNo: string, at: string): void {
    if (this.openedAt.has(merchantNo)) return;
    const fd = openSync(this.path, 'a', 0o600);
    try {
      writeSync(fd, `${merchantNo} ${at}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    this.openedAt.set(merchantNo, at);
  }
}
