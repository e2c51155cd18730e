import { randomBytes } from 'node:crypto';
import { type DataKey } from '../../../config/types';
import { type PersonalData } from '../../../domain/buyer-fields';
import { type SealedFor, type Sealer, type WrappedKey } from '../../../ports/buyer-data';
import { decrypt, encrypt, KEY_BYTES } from './gcm';

/** Seals under the master keys of the configuration. The first one wraps new keys, each unwraps what it has wrapped. */
export function createSealer(masterKeys: readonly DataKey[]): Sealer {
  const unwrap = (buyerId: string, { masterKeyId, wrapped }: WrappedKey): Buffer => {
    const master = masterKeys.find(({ id }) => id === masterKeyId);
    if (!master) throw new Error(`the master key ${masterKeyId} is not in DATA_KEYS`);
    return decrypt(master.key, wrapped, buyerId);
  };
  const wrap = (buyerId: string, key: Buffer): WrappedKey => {
    const [master] = masterKeys;
    if (!master) throw new Error('no master key is configured: DATA_KEYS');
    return { masterKeyId: master.id, wrapped: encrypt(master.key, key, buyerId) };
  };
  return {
    masterKeyId: masterKeys[0]?.id ?? null,
    newKey: (buyerId) => wrap(buyerId, randomBytes(KEY_BYTES)),
    rewrap: (buyerId, key) => wrap(buyerId, unwrap(buyerId, key)),
    unwraps: (buyerId, key) => {
      try {
        return unwrap(buyerId, key).length === KEY_BYTES;
      } catch {
        return false;
      }
    },
    seal: ({ orderId, buyerId }: SealedFor, key, data) =>
      encrypt(unwrap(buyerId, key), Buffer.from(JSON.stringify(data)), orderId),
    open: ({ orderId, buyerId }: SealedFor, key, sealed) =>
      JSON.parse(decrypt(unwrap(buyerId, key), sealed, orderId).toString('utf8')) as PersonalData,
  };
}
