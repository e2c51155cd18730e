import { inspectDatabase } from '../../adapters/store/prisma/inspect';
import { type Config } from '../../config';
import { CONSUMER_NAMES } from '../../consumers/names';
import { openStores, type Stores } from '../stores';
import { type Finding, CHECK_MS, fail, ok, reasonOf, warn, within } from './finding';

/** Older ones lack nothing that is known, but nobody tests on them. */
const OLDEST_POSTGRES = 15;
/** Leases and windows are compared with both clocks; gateways refuse signatures that are minutes off. */
const MOST_SKEW_MS = 5_000;
/** Starts and notifications are carried within seconds while Temporal is there. */
const CARRIED_SECONDS = 60;
const CLOSING_SECONDS = 15 * 60;

/** PostgreSQL, its schema, and what is stuck in it. */
export async function checkDatabase(url: string, { dataKeys }: Pick<Config, 'dataKeys'>): Promise<Finding[]> {
  let found: Awaited<ReturnType<typeof inspectDatabase>>;
  try {
    found = await within(inspectDatabase(url, CHECK_MS));
  } catch (error) {
    const todo = 'start PostgreSQL, or correct DATABASE_URL (host, port, user, password, database)';
    return [fail('PostgreSQL', `cannot be reached: ${reasonOf(error)}`, todo)];
  }
  const { version, clockAheadMs, pending, unknown, failed } = found;
  const findings = [versionFinding(version), clockFinding(clockAheadMs), schemaFinding({ pending, unknown, failed })];
  if (pending.length > 0 || failed.length > 0) return findings;
  const stores = openStores(url, { now: Date.now, dataKeys });
  try {
    return [...findings, ...(await within(checkContents(stores, dataKeys.length > 0), 2 * CHECK_MS))];
  } catch (error) {
    return [...findings, fail('what is stuck', `could not be read: ${reasonOf(error)}`, 'look at PostgreSQL’s log')];
  } finally {
    await stores.close();
  }
}

function versionFinding(version: string): Finding {
  const found = `version ${version} answers`;
  return Number.parseInt(version, 10) >= OLDEST_POSTGRES
    ? ok('PostgreSQL', found)
    : warn('PostgreSQL', found, `update it: ${OLDEST_POSTGRES} is the oldest that is tested`);
}

function clockFinding(aheadMs: number): Finding {
  const found = `PostgreSQL’s differs from this machine’s by ${Math.abs(aheadMs)} ms`;
  return Math.abs(aheadMs) <= MOST_SKEW_MS
    ? ok('clock', found)
    : warn('clock', found, 'synchronise the clocks (NTP): gateways refuse signatures that are minutes off');
}

function schemaFinding({
  pending,
  unknown,
  failed,
}: Record<'pending' | 'unknown' | 'failed', readonly string[]>): Finding {
  const what = 'migrations';
  if (failed.length > 0)
    return fail(what, `${failed.join(', ')} stopped half-way`, 'repair it, see its error, then resolve it');
  if (unknown.length > 0)
    return fail(what, `${unknown.join(', ')} is not known: a newer release was here`, 'run that release');
  if (pending.length > 0)
    return fail(
      what,
      `${pending.length} not applied, the first is ${pending[0]}`,
      'run the migrations (`node dist/src/main/migrate.js`; `npm start` does)',
    );
  return ok(what, 'all applied');
}

async function checkContents(stores: Stores, hasKeys: boolean): Promise<Finding[]> {
  const [intents, inbox, closing, overdue, refunds, dead, missing] = await Promise.all([
    stores.standings.startIntents(),
    stores.standings.inbox(),
    stores.standings.closing(),
    stores.standings.closingLongerThan(CLOSING_SECONDS),
    stores.standings.unsettledRefunds(),
    Promise.all(CONSUMER_NAMES.map((name) => stores.deadEvents.count(name))),
    hasKeys ? stores.buyerData.missingMasterKeys() : [],
  ]);
  const manual = new Map(refunds).get('manual') ?? 0;
  const given = dead.reduce((sum, count) => sum + count, 0);
  return [
    waiting('starts', intents, 'runbook: HoldfastStartsBehind'),
    waiting('payments to be told', inbox, 'runbook: HoldfastInboxBehind'),
    overdue > 0
      ? warn(
          'closing orders',
          `${closing.count}, ${overdue} of them for over 15 minutes`,
          'runbook: closing_takes_long',
        )
      : ok('closing orders', `${closing.count}, none for over 15 minutes`),
    manual > 0
      ? warn('refunds', `${manual} wait for a person`, 'runbook: refund_manual')
      : ok('refunds', 'none waits for a person'),
    given > 0
      ? warn('dead letters', `${given} events that a consumer gave up on`, 'runbook: event_dead')
      : ok('dead letters', 'none in the database'),
    ...(hasKeys ? [keysFinding(missing)] : []),
  ];
}

function keysFinding(missing: readonly string[]): Finding {
  return missing.length > 0
    ? fail(
        'buyers’ keys',
        `DATA_KEYS cannot open those of ${missing.join(', ')}`,
        'give that master key back; see the runbook',
      )
    : ok('buyers’ keys', 'DATA_KEYS opens them');
}

function waiting(
  what: string,
  { count, oldestSeconds }: { count: number; oldestSeconds: number },
  todo: string,
): Finding {
  const found = count === 0 ? 'none waits' : `${count} wait, the oldest for ${Math.round(oldestSeconds)} s`;
  return oldestSeconds > CARRIED_SECONDS ? warn(what, found, todo) : ok(what, found);
}
