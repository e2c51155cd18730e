import { type Standing, type Standings } from '../../ports/standings';
import { type Metrics } from '../../telemetry/metrics';

/** The alert `closing_takes_long` is told after this, too. */
const CLOSING_TOO_LONG_SECONDS = 15 * 60;

/** What waits in the database, read at every scrape: every process shows the same, so take the maximum, not the sum. */
export function showStandings(standings: Standings, metrics: Pick<Metrics, 'gauge' | 'gaugePer'>): void {
  const count = (read: () => Promise<Standing>) => async (): Promise<number> => (await read()).count;
  const oldest = (read: () => Promise<Standing>) => async (): Promise<number> => (await read()).oldestSeconds;
  const closing = () => standings.closing();
  metrics.gauge('holdfast_closing_orders', 'Orders whose gateway has not proved that nobody can pay', count(closing));
  metrics.gauge('holdfast_closing_oldest_seconds', 'How long the longest of them has been closing', oldest(closing));
  metrics.gauge('holdfast_closing_overdue_orders', 'Those that have been closing for over 15 minutes', () =>
    standings.closingLongerThan(CLOSING_TOO_LONG_SECONDS),
  );
  const intents = () => standings.startIntents();
  metrics.gauge('holdfast_start_intents', 'Orders answered whose workflow has not been started yet', count(intents));
  metrics.gauge('holdfast_start_intents_oldest_seconds', 'Age of the oldest of them', oldest(intents));
  const inbox = () => standings.inbox();
  metrics.gauge('holdfast_inbox_undelivered', 'Payments told to us whose orders have not been told yet', count(inbox));
  metrics.gauge('holdfast_inbox_oldest_seconds', 'Age of the oldest of them', oldest(inbox));
  metrics.gaugePer('state', 'holdfast_refunds_unsettled', 'Refunds that are not settled', () =>
    standings.unsettledRefunds(),
  );
}
