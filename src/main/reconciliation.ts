import { createReconcileActivities } from '../../activities';
import { type TemporalConnection } from '../adapters/process/temporal/connect';
import { TemporalProcessStanding } from '../adapters/process/temporal/process-standing';
import { TemporalReconciliation } from '../adapters/process/temporal/reconciliation';
import { ensureReconcileSchedule } from '../adapters/process/temporal/schedules';
import { type Config } from '../config';
import { type Clock } from '../ports/clock';
import { type Logger } from '../ports/logger';
import { type OrderProcess } from '../ports/order-process';
import { type Gateways } from '../ports/payment-gateway';
import { type Reconciliation } from '../ports/reconciliation';
import { type SkuCache } from '../ports/sku-cache';
import { type Metrics } from '../telemetry/metrics';
import { type Stores } from './stores';

export interface ReconciliationParts {
  readonly config: Pick<Config, 'reconcile'>;
  readonly stores: Stores;
  readonly gateways: Gateways;
  readonly cache: SkuCache | null;
  readonly process: OrderProcess;
  readonly temporal: Pick<TemporalConnection, 'client'>;
  readonly taskQueue: string | undefined;
  readonly metrics: Metrics;
  readonly now: Clock;
  readonly log: Logger;
}

/** The steps of a run, as this process' worker takes them. */
export function reconcileActivities({
  config: { reconcile },
  stores,
  temporal,
  taskQueue,
  ...parts
}: ReconciliationParts) {
  const { gateways, cache, process, metrics, now, log } = parts;
  return createReconcileActivities({
    ...stores,
    ...{ gateways, cache, process, log },
    reads: stores.reconcileReads(reconcile),
    books: stores.reconcileBooks,
    skus: stores.skuReader,
    processes: new TemporalProcessStanding({
      client: temporal.client,
      now,
      ...(taskQueue !== undefined && { taskQueue }),
    }),
    settings: reconcile,
    alert: metrics.alert,
  });
}

/** Makes the schedule as it is configured. Orders go on without it, so that it can't be made stops nothing. */
export async function scheduleReconciliation(
  parts: Pick<ReconciliationParts, 'config' | 'temporal' | 'taskQueue' | 'metrics' | 'log'>,
): Promise<void> {
  const { config, temporal, taskQueue, metrics, log } = parts;
  const { everySeconds } = config.reconcile;
  metrics.gauge(
    'holdfast_reconcile_interval_seconds',
    'Between two scheduled runs of the reconciliation, as this worker was told; 0: none is scheduled',
    () => Promise.resolve(everySeconds),
  );
  try {
    await ensureReconcileSchedule(temporal.client, { everySeconds, ...(taskQueue !== undefined && { taskQueue }) });
  } catch (error) {
    log.error(
      { err: error, everySeconds },
      'the schedule of the reconciliation could not be made; start a run by hand',
    );
  }
}

/** Runs that are asked for. */
export function openReconciliation({
  temporal: { client },
  taskQueue,
}: Pick<ReconciliationParts, 'temporal' | 'taskQueue'>): Reconciliation {
  return new TemporalReconciliation({ client, ...(taskQueue !== undefined && { taskQueue }) });
}

/** What is read from the database at every scrape, by whichever process is scraped. */
export function showReconciliation({
  stores,
  metrics,
  now,
}: Pick<ReconciliationParts, 'metrics' | 'now'> & { readonly stores: Pick<Stores, 'cases'> }): void {
  metrics.gaugePer('class', 'holdfast_reconcile_open_cases', 'Cases of the reconciliation that wait for a person', () =>
    stores.cases.openPerClass(),
  );
  // That none has ever run has to be seen as well as that they ceased.
  const began = now();
  metrics.gauge(
    'holdfast_reconcile_last_run_age_seconds',
    'Since a run of the reconciliation ended; where none has, since this process began',
    async () => (await stores.cases.lastRunAgeSeconds()) ?? (now() - began) / 1_000,
  );
}
