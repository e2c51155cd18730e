import { randomFillSync } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import { ID_PREFIXES, type NewId } from '../../domain/ids';
import { type Clock } from '../../ports/clock';

/** Random bytes fetched at once: the library asks for sixteen per id, one by one, and each fetch costs more than an id. */
const POOL_BYTES = 4_096;

/** Ids that sort by time and, within a millisecond and a process, by the order in which they were made. */
export function createNewId(now: Clock): NewId {
  const ulid = monotonicFactory(pooledRandom());
  return (kind) => `${ID_PREFIXES[kind]}_${ulid(now())}`;
}

/** Cryptographic randomness in steps of 1/256: more than a digit of base 32 needs. */
function pooledRandom(): () => number {
  const pool = Buffer.alloc(POOL_BYTES);
  let next = POOL_BYTES;
  return () => {
    if (next === POOL_BYTES) {
      randomFillSync(pool);
      next = 0;
    }
    return pool.readUInt8(next++) / 256;
  };
}
