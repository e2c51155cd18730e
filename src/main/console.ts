import { type RequestHandler } from 'express';
import { type Logger } from 'pino';
import { TemporalOrderProgress } from '../adapters/process/temporal/order-progress';
import { type TemporalConnection } from '../adapters/process/temporal/connect';
import { type ProtectedGateway } from '../adapters/gateway/protection/gateway';
import { isDatabaseAway } from '../adapters/store/prisma/away';
import { type Config } from '../config';
import { type ConsoleDeps, createConsole, type WatchedGateway } from '../console';
import { type GatewayName } from '../domain/payment';
import { pages } from '../http/pages';
import { configuredIdentity } from './operator-identity';
import { type Stores } from './stores';
import { bundledPage } from './web-root';

export interface ConsoleParts extends Pick<
  ConsoleDeps,
  'catalogue' | 'desk' | 'outages' | 'reconciliation' | 'deadLetters'
> {
  readonly config: Pick<Config, 'apiKeys' | 'console' | 'publicUrl' | 'twoPersonAboveMinor'> & GatewayRates;
  readonly stores: Stores;
  readonly gateways: ReadonlyMap<GatewayName, ProtectedGateway>;
  readonly temporal: Pick<TemporalConnection, 'client'>;
  readonly namespace: string;
  readonly log: Logger;
}

type GatewayRates = Pick<Config, 'wechat' | 'alipay' | 'stripe'>;

/** The console by the path that it is served under; nothing where no secret for its sessions is configured. */
export function openConsole({
  config,
  stores,
  gateways,
  temporal,
  namespace,
  log,
  ...desks
}: ConsoleParts): Readonly<Record<string, RequestHandler>> {
  const { secret, operators, temporalUiUrl } = config.console;
  if (secret === null) return {};
  const handler = createConsole({
    ...stores,
    ...desks,
    reads: stores.consoleReads,
    identity: configuredIdentity(operators, config.apiKeys),
    process: new TemporalOrderProgress(temporal.client),
    gateways: new Map([...gateways].map(([name, gateway]) => [name, watched(gateway, config)])),
    isAway: isDatabaseAway,
    now: Date.now,
    logger: log,
    settings: {
      secret,
      secure: !config.publicUrl.startsWith('http://'),
      temporalUi: temporalUiUrl === null ? null : { url: temporalUiUrl, namespace },
      twoPersonAboveMinor: config.twoPersonAboveMinor,
    },
    pages: pages(bundledPage('console')),
  });
  return { '/console': handler };
}

function watched(gateway: ProtectedGateway, rates: GatewayRates): WatchedGateway {
  const { name } = gateway;
  return {
    refusal: (amount) => gateway.refusal(amount),
    state: () => gateway.state(),
    ratePerSecond: name === 'points' ? null : (rates[name]?.ratePerSecond ?? null),
  };
}
