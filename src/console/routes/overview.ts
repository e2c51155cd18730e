import { type GatewaysView, type Overview } from '../contract';
import { type ConsoleDeps } from '../deps';
import { type Route, route } from '../route';

/** What is going on, and how the gateways do. */
export function overviewRoutes(deps: ConsoleDeps): Route[] {
  return [
    route({ method: 'get', path: '/overview', role: 'viewer', handle: () => overview(deps) }),
    route({ method: 'get', path: '/gateways', role: 'viewer', handle: () => gateways(deps) }),
  ];
}

async function overview(deps: ConsoleDeps): Promise<Overview> {
  const { reads, cases, intents, inbox, events, cursors, now } = deps;
  const [standing, open, startIntents, inboxUndelivered, eventsUnplaced, standings, dead] = await Promise.all([
    reads.overview(),
    cases.openPerClass(),
    intents.pending(),
    inbox.pending(),
    events.unplaced(),
    cursors.standings(),
    countDead(deps),
  ]);
  const { refundsUnderWay: underWay, refundsManual: manual, ...rest } = standing;
  return {
    at: new Date(now()).toISOString(),
    ...rest,
    refunds: { underWay, manual },
    openCases: [...open.values()].reduce((sum, count) => sum + count, 0),
    ...{ startIntents, inboxUndelivered, eventsUnplaced, deadLetters: dead },
    subscribers: standings.map(({ subscriber, behind, oldestSeconds }) => ({ subscriber, behind, oldestSeconds })),
  };
}

/** Null while the broker that has them cannot be asked: everything else is still worth seeing. */
async function countDead({ deadLetters }: ConsoleDeps): Promise<number | null> {
  const counts = await deadLetters.counts().catch(() => null);
  return counts && [...counts.values()].reduce((sum, count) => sum + count, 0);
}

async function gateways({ reads, gateways: known, now }: ConsoleDeps): Promise<GatewaysView> {
  const at = now();
  const health = await reads.gatewayHealth(at);
  return {
    at: new Date(at).toISOString(),
    since: health.since,
    gateways: health.gateways
      .filter(({ gateway }) => known.has(gateway))
      .map((reading) => ({
        ...reading,
        circuit: known.get(reading.gateway)?.state() ?? null,
        ratePerSecond: known.get(reading.gateway)?.ratePerSecond ?? null,
        unknownRate: reading.answers === 0 ? null : reading.unknown / reading.answers,
      })),
  };
}
