import { type PersonalData } from '../domain/buyer-fields';

/** A buyer's data key, encrypted by a master key: of no use to who has the database alone. */
export interface WrappedKey {
  readonly masterKeyId: string;
  readonly wrapped: Uint8Array;
}

/** Encrypts what is personal with a key per buyer. Computing only: where keys and documents are kept is the caller's. */
export interface Sealer {
  /** The master key that wraps new keys; null where none is configured, and then nothing can be sealed. */
  readonly masterKeyId: string | null;
  /** A fresh key for a buyer. Throws where no master key is configured. */
  newKey(buyerId: string): WrappedKey;
  /** The same key, wrapped by the master key that wraps new ones. */
  rewrap(buyerId: string, key: WrappedKey): WrappedKey;
  /** Whether the key's master key is configured, and is the one that it was. */
  unwraps(buyerId: string, key: WrappedKey): boolean;
  /** Authenticated with the order's id: a document can't be passed off as another order's. */
  seal(owner: SealedFor, key: WrappedKey, data: PersonalData): Uint8Array;
  /** Throws where key, master key, owner and document don't belong together. */
  open(owner: SealedFor, key: WrappedKey, sealed: Uint8Array): PersonalData;
}

export interface SealedFor {
  readonly orderId: string;
  readonly buyerId: string;
}

/** `none`: the order has no personal data. `hidden`: it has, and was not asked to show it. `forgotten`: nobody can read it any more. */
export const PERSONAL_DATA_STATES = ['none', 'shown', 'hidden', 'forgotten'] as const;
export type PersonalDataState = (typeof PERSONAL_DATA_STATES)[number];

export interface PersonalDataOfOrder extends PersonalData {
  readonly state: PersonalDataState;
}

/** What came of forgetting a buyer. */
export interface Forgotten {
  /** RFC 3339; null where nothing of the buyer was ever sealed. */
  readonly at: string | null;
  /** Orders whose personal data nobody can read any more. */
  readonly orders: number;
  /** Those of them that are not settled: they go on without it. */
  readonly openOrders: number;
}

/** Personal data of orders, at rest. */
export interface BuyerData {
  /** What is kept of an order; both parts are null unless the state is `shown`. */
  read(orderId: string, show: boolean): Promise<PersonalDataOfOrder>;
  /** Destroys the buyer's key. May be repeated: answers as before. A later order of the buyer gets another key. */
  forget(buyerId: string): Promise<Forgotten>;
  /**
   * Wraps up to `limit` keys anew by the master key that wraps new ones, of those buyers behind `after` (in the order of their
   * ids) whose keys are not. Answers whose they were; none when all are.
   */
  rewrap(after: string, limit: number): Promise<readonly string[]>;
  /** Ids of master keys by which living keys are wrapped and which can't unwrap them: those buyers' data can't be read. */
  missingMasterKeys(): Promise<readonly string[]>;
}
