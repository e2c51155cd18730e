import { ConfigError } from '../config';
import { type BuyerData } from '../ports/buyer-data';

/** Refuses to start without a master key that buyers' keys need: their data could not be read, and it would show only then. */
export async function demandMasterKeys(buyerData: Pick<BuyerData, 'missingMasterKeys'>): Promise<void> {
  const missing = await buyerData.missingMasterKeys();
  if (missing.length > 0) {
    throw new ConfigError([
      `DATA_KEYS: ${missing.join(', ')} missing, or not the key that it was; keys of buyers are wrapped by it`,
    ]);
  }
}
