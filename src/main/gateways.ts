import { validateAlipayConfig } from '../adapters/gateway/alipay/config';
import { createAlipayGateway } from '../adapters/gateway/alipay/gateway';
import { createPointsGateway } from '../adapters/gateway/points/gateway';
import { protectGateway, type ProtectedGateway } from '../adapters/gateway/protection/gateway';
import { validateStripeConfig } from '../adapters/gateway/stripe/config';
import { createStripeGateway } from '../adapters/gateway/stripe/gateway';
import { validateWechatConfig } from '../adapters/gateway/wechat/config';
import { createWechatGateway } from '../adapters/gateway/wechat/gateway';
import { type Config, type GatewaySettings } from '../config';
import { type GatewayName } from '../domain/payment';
import { type Clock } from '../ports/clock';
import { type Logger } from '../ports/logger';
import { type PaymentGateway } from '../ports/payment-gateway';
import { type Metrics } from '../telemetry/metrics';
import { type GatewayWatch } from './observe/gateways';
import { type PointsPayments } from '../ports/points-store';

type Settings = GatewaySettings & Pick<Config, 'timing'>;

/** The gateways that are configured and the points, each protected by itself. Throws an Error naming the variable that is wrong. */
export function createGateways(
  { wechat, alipay, stripe, timing }: Settings,
  deps: { now: Clock; log: Logger; points: PointsPayments; watch?: GatewayWatch },
): ReadonlyMap<GatewayName, ProtectedGateway> {
  const timeoutMs = timing.gatewayTimeoutMs;
  const gateways: PaymentGateway[] = [createPointsGateway({ store: deps.points, log: deps.log, timeoutMs })];
  if (wechat)
    gateways.push(
      checked({ ...wechat, timeoutMs }, validateWechatConfig, (config) => createWechatGateway(config, deps)),
    );
  if (alipay)
    gateways.push(
      checked({ ...alipay, timeoutMs }, validateAlipayConfig, (config) => createAlipayGateway(config, deps)),
    );
  if (stripe)
    gateways.push(
      checked({ ...stripe, timeoutMs }, validateStripeConfig, (config) => createStripeGateway(config, deps)),
    );
  const rates = { wechat, alipay, stripe, points: null };
  return new Map(
    gateways.map((gateway) => {
      const ratePerSecond = rates[gateway.name]?.ratePerSecond ?? null;
      const guarded = protectGateway(deps.watch?.sent(gateway) ?? gateway, { ...deps, ratePerSecond });
      return [gateway.name, deps.watch?.answered(guarded) ?? guarded];
    }),
  );
}

/** Which gateways this process has stopped asking, for its metrics. */
export function showCircuits(gateways: ReadonlyMap<GatewayName, ProtectedGateway>, metrics: Metrics): void {
  metrics.gaugePer('gateway', 'holdfast_gateway_circuit_open', '1 while this process does not ask the gateway', () =>
    [...gateways].map(([name, gateway]) => [name, gateway.state() === 'closed' ? 0 : 1] as const),
  );
}

function checked<C>(config: C, validate: (config: C) => void, create: (config: C) => PaymentGateway): PaymentGateway {
  validate(config);
  return create(config);
}
