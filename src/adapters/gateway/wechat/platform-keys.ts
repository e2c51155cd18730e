import { type KeyObject } from 'node:crypto';
import { type Clock } from '../../../ports/clock';
import { type Logger } from '../../../ports/logger';
import { type LearntCertificate } from './certificates';

/** The keys that WeChat Pay's signatures are checked with: configured ones, and those that a rotation brought. */
export interface PlatformKeys {
  /** The key of a serial, whatever its case; undefined where none is known or its certificate is over. */
  get(serial: string): KeyObject | undefined;
  /**
   * Looks for certificates that aren't known yet. Callers at one time share a download, and there is at most one a
   * minute: later ones find nothing new and return at once. Never rejects; ends within the adapter's time limit.
   */
  refresh(): Promise<void>;
}

export interface PlatformKeysDeps {
  /** Never forgotten, and never replaced by a downloaded certificate of the same serial. */
  readonly configured: ReadonlyMap<string, KeyObject>;
  /** The certificates of a list that is believed (see certificates.ts), or why it isn't. Rejects for the network's sake only. */
  readonly download: () => Promise<readonly LearntCertificate[] | string>;
  readonly now: Clock;
  readonly log: Logger;
}

/** Anybody can name an unknown serial; a genuine rotation announces itself a day and more before the old key ends. */
const REFRESH_EVERY_MS = 60_000;

export function createPlatformKeys({ configured, download, now, log }: PlatformKeysDeps): PlatformKeys {
  const fixed = new Map([...configured].map(([serial, key]) => [spelled(serial), key]));
  const learnt = new Map<string, LearntCertificate>();
  let lastTry = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | null = null;

  async function load(): Promise<void> {
    const fields = { gateway: 'wechat', op: 'certificates' };
    try {
      const found = await download();
      if (typeof found === 'string') return log.warn({ ...fields, why: found }, 'platform certificates not believed');
      for (const certificate of found) learnt.set(spelled(certificate.serial), certificate);
      log.info({ ...fields, serials: found.map(({ serial }) => serial) }, 'platform certificates downloaded');
    } catch {
      log.warn({ ...fields, why: 'no answer' }, 'platform certificates not downloaded');
    }
  }

  return {
    get: (serial) => {
      const key = fixed.get(spelled(serial));
      if (key) return key;
      const certificate = learnt.get(spelled(serial));
      return certificate && now() <= certificate.validUntilMs ? certificate.key : undefined;
    },
    refresh: () => {
      if (underWay) return underWay;
      // The distance, not the difference: a clock set back must not silence this until it has caught up.
      if (Math.abs(now() - lastTry) < REFRESH_EVERY_MS) return Promise.resolve();
      lastTry = now();
      underWay = load().finally(() => {
        underWay = null;
      });
      return underWay;
    },
  };
}

function spelled(serial: string): string {
  return serial.toUpperCase();
}
