import { ConfigError, readConfig } from '../config';
import { demandMasterKeys } from './master-keys';
import { fail } from './process';
import { openStores } from './stores';

/** Keys per transaction: few enough that a placing which waits for one of them waits some milliseconds. */
const BATCH = 200;

/** Wraps every buyer's key anew by the first of DATA_KEYS, so that the others can be taken out; may be repeated. */
async function rewrap(): Promise<void> {
  const { databaseUrl, dataKeys } = readConfig();
  if (!databaseUrl) throw new ConfigError(['DATABASE_URL: must be given']);
  if (dataKeys.length === 0) throw new ConfigError(['DATA_KEYS: must be given']);
  const stores = openStores(databaseUrl, { now: Date.now, dataKeys });
  try {
    await demandMasterKeys(stores.buyerData);
    let total = 0;
    for (let after: string | undefined = ''; after !== undefined;) {
      const done: readonly string[] = await stores.buyerData.rewrap(after, BATCH);
      total += done.length;
      after = done.at(-1);
    }
    console.log(`${total} key(s) wrapped anew`);
  } finally {
    await stores.close();
  }
}

rewrap().catch(fail);
