import { validateWechatConfig } from '../adapters/gateway/wechat/config';
import { createWechatGateway } from '../adapters/gateway/wechat/gateway';
import { type Config } from '../config';
import { type GatewayName } from '../domain/payment';
import { type Clock } from '../ports/clock';
import { type Logger } from '../ports/logger';
import { type Gateways, type PaymentGateway } from '../ports/payment-gateway';

/** The gateways that are configured. Throws an Error naming the variable that is wrong. */
export function createGateways(
  { wechat, timing }: Pick<Config, 'wechat' | 'timing'>,
  deps: { now: Clock; log: Logger },
): Gateways {
  const gateways = new Map<GatewayName, PaymentGateway>();
  if (wechat) {
    const config = { ...wechat, timeoutMs: timing.gatewayTimeoutMs };
    validateWechatConfig(config);
    gateways.set('wechat', createWechatGateway(config, deps));
  }
  return gateways;
}
