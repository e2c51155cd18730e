import { monotonicFactory } from 'ulid';
import { ID_PREFIXES, type NewId } from '../../domain/ids';
import { type Clock } from '../../ports/clock';

/** Ids that sort by time and, within a millisecond and a process, by the order in which they were made. */
export function createNewId(now: Clock): NewId {
  const ulid = monotonicFactory();
  return (kind) => `${ID_PREFIXES[kind]}_${ulid(now())}`;
}
