import { HoldfastError } from '../../../domain/errors';
import { type Admission, type AdmissionGate, type KnownKeys, type PlacingOutcome } from '../../../ports/admission-gate';
import { type Logger } from '../../../ports/logger';
import { type OrderStore, type PlaceResult, type Placing } from '../../../ports/order-store';

type Place = OrderStore['place'];

export interface DoorDeps {
  readonly gate: AdmissionGate;
  readonly keys: KnownKeys;
  readonly log: Logger;
}

const OPEN: Admission = { t: 'admitted', told: () => undefined };

/**
 * A `place` behind the gate. Throws `sold_out` for whom the gate refuses: no order, no record of the key, so that the same
 * request may succeed later. A key under which something was placed or refused, or is being placed by this process, has
 * its answer from `place` whatever the gate says. A gate that fails admits everybody.
 */
export function gatedPlace(place: Place, { gate, keys, log }: DoorDeps): Place {
  const underWay = new Set<string>();

  const ask = async ({ draft }: Placing): Promise<Admission> => {
    try {
      return await gate.admit(draft.lines);
    } catch (error) {
      log.warn({ err: error }, 'the admission gate failed; admitted');
      return OPEN;
    }
  };
  const answered = async ({ idempotency }: Placing): Promise<boolean> => {
    if (!idempotency) return false;
    try {
      return await keys.has(idempotency);
    } catch {
      // Unknown: the placing itself looks, and says what is wrong.
      return true;
    }
  };
  const throughTheGate: Place = async (placing) => {
    const admission = await ask(placing);
    if (admission.t === 'admitted') return toldOf(admission, place(placing));
    if (await answered(placing)) return place(placing);
    throw new HoldfastError('sold_out', undefined, { shortages: admission.shortages });
  };

  return async (placing) => {
    const name = placing.idempotency && `${placing.idempotency.client}\n${placing.idempotency.key}`;
    if (name === undefined) return throughTheGate(placing);
    if (underWay.has(name)) return place(placing);
    underWay.add(name);
    try {
      return await throughTheGate(placing);
    } finally {
      underWay.delete(name);
    }
  };
}

async function toldOf(
  admission: Extract<Admission, { t: 'admitted' }>,
  placed: Promise<PlaceResult>,
): Promise<PlaceResult> {
  let outcome: PlacingOutcome = { t: 'untouched' };
  try {
    const result = await placed;
    outcome = outcomeOf(result);
    return result;
  } finally {
    admission.told(outcome);
  }
}

function outcomeOf(result: PlaceResult): PlacingOutcome {
  if (result.t === 'placed' && !result.replayed) return { t: 'held' };
  if (result.t === 'short' && !result.replayed)
    return { t: 'short', skuIds: result.shortages.map(({ skuId }) => skuId) };
  return { t: 'untouched' };
}
