import { type Shortage } from '../../../domain/errors';
import { normaliseLines, type StockLine } from '../../../domain/stock';
import { type Admission, type AdmissionGate, type PlacingOutcome } from '../../../ports/admission-gate';
import { type Logger } from '../../../ports/logger';
import { type ScriptRunner } from '../../../ports/script-runner';
import { type Refresher } from './refresher';
import { GIVE_BACK, NOT_INITIALISED, SHORT, TAKE, UNLIMITED } from './scripts';

/** Redis answers in under a millisecond; a buyer must not wait for one that doesn't. */
export const DOOR_TIMEOUT_MS = 50;
/** Read anew while the old reading has three quarters of its life to go: a hot SKU then never falls back to "not known". */
const RENEW_AFTER_MICROSECONDS = 250_000;

export interface RedisGateDeps {
  readonly redis: Pick<ScriptRunner, 'run'>;
  readonly refresher: Pick<Refresher, 'want' | 'keyOf'>;
  /** This process' own gate: it refuses what it knows to be sold out without a call, and all there is where Redis is away. */
  readonly own: AdmissionGate;
  readonly log: Logger;
}

/** One line's answer of TAKE. */
interface Taken {
  readonly skuId: string;
  readonly quantity: number;
  readonly code: number;
  readonly left: number;
  readonly version: string;
  readonly renew: boolean;
}

/**
 * The gate of many processes. What may still be taken is counted in Redis: units are taken at the door and given back
 * when the placing took none, so that hardly more are let in at once than there is to sell. A counter is a reading of
 * PostgreSQL with a short life, never a book: whatever goes wrong with it is over when it is read anew.
 */
export class RedisGate implements AdmissionGate {
  constructor(private readonly deps: RedisGateDeps) {}

  async admit(lines: readonly StockLine[]): Promise<Admission> {
    const own = await this.deps.own.admit(lines);
    if (own.t === 'soldOut') return own;
    const taken = await this.take(normaliseLines(lines));
    this.deps.refresher.want(taken.filter(({ renew }) => renew).map(({ skuId }) => skuId));
    const shortages = taken.flatMap(shortageOf);
    if (shortages.length > 0) {
      own.told({ t: 'short', skuIds: shortages.map(({ skuId }) => skuId) });
      return { t: 'soldOut', shortages };
    }
    return {
      t: 'admitted',
      told: (outcome) => {
        own.told(outcome);
        this.settle(taken, outcome);
      },
    };
  }

  /** Nothing where Redis cannot be asked. */
  private async take(wanted: readonly StockLine[]): Promise<Taken[]> {
    const keys = wanted.map(({ skuId }) => this.deps.refresher.keyOf(skuId));
    const units = wanted.map(({ quantity }) => quantity);
    try {
      const answers = await this.deps.redis.run(TAKE, keys, [...units, RENEW_AFTER_MICROSECONDS]);
      return (answers as [number, number, string, number][]).flatMap(([code, left, version, renew], index) => {
        const line = wanted[index];
        return line ? [{ ...line, code, left, version, renew: renew === 1 }] : [];
      });
    } catch (error) {
      this.deps.log.debug({ err: error }, 'admitted without Redis');
      return [];
    }
  }

  private settle(taken: readonly Taken[], outcome: PlacingOutcome): void {
    if (outcome.t === 'held') return;
    const short = outcome.t === 'short' ? outcome.skuIds : [];
    // PostgreSQL has less than was counted on: what is counted is wrong, and giving it back would keep it so.
    this.deps.refresher.want(short);
    const back = taken.filter(
      ({ code, skuId }) => code !== NOT_INITIALISED && code !== UNLIMITED && !short.includes(skuId),
    );
    if (back.length === 0) return;
    const keys = back.map(({ skuId }) => this.deps.refresher.keyOf(skuId));
    const args = [...back.map(({ quantity }) => quantity), ...back.map(({ version }) => version)];
    this.deps.redis.run(GIVE_BACK, keys, args).catch((error: unknown) => {
      this.deps.log.debug({ err: error }, 'not given back; the next reading does');
    });
  }
}

function shortageOf({ skuId, quantity, code, left }: Taken): Shortage[] {
  return code === SHORT ? [{ skuId, requested: quantity, available: left }] : [];
}
