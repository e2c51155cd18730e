import { STRIPE_EVENTS } from '../adapters/gateway/stripe/notification';
import {
  type AlipaySettings,
  type GatewaySettings,
  type SandboxSettings,
  type StripeSettings,
  type WechatSettings,
} from '../config';

/** What the sandbox tells of itself; see the contract of `GET /_sandbox/credentials`. */
interface SandboxCredentials {
  readonly wechat: Pick<
    WechatSettings,
    'baseUrl' | 'mchid' | 'appid' | 'merchantSerial' | 'merchantPrivateKey' | 'apiV3Key'
  > & { readonly platformPublicKeyId: string; readonly platformPublicKey: string };
  readonly alipay: Pick<AlipaySettings, 'baseUrl' | 'appId' | 'sellerId' | 'appPrivateKey' | 'alipayPublicKey'>;
  readonly stripe: Pick<StripeSettings, 'baseUrl' | 'secretKey' | 'webhookSecret'>;
}

/** The sandbox answers at once or is not there. */
const TIMEOUT_MS = 5_000;

/** Settings that make the sandbox stand in for the providers that are not configured, of a development machine. */
export async function withSandbox<T extends GatewaySettings>(configured: T, sandbox: SandboxSettings): Promise<T> {
  const { wechat, alipay, stripe } = await credentialsOf(sandbox.url);
  const notify = (gateway: string): string => `${sandbox.notifyBaseUrl}/v1/webhooks/${gateway}`;
  const { cashierBaseUrl } = sandbox;
  if (!configured.stripe) await registerWebhook(stripe, notify('stripe'));
  const { platformPublicKeyId, platformPublicKey, ...merchant } = wechat;
  const platformKeys = [{ serial: platformPublicKeyId, publicKeyPem: platformPublicKey }];
  return {
    ...configured,
    wechat: configured.wechat ?? { ...merchant, platformKeys, notifyUrl: notify('wechat'), cashierBaseUrl },
    alipay: configured.alipay ?? { ...alipay, notifyUrl: notify('alipay'), cashierBaseUrl },
    stripe: configured.stripe ?? { ...stripe, returnUrl: sandbox.notifyBaseUrl, mode: 'checkout' },
  };
}

async function credentialsOf(url: string): Promise<SandboxCredentials> {
  const answer = await fetch(`${url}/_sandbox/credentials`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`the sandbox at ${url} answered ${answer.status}`);
  return (await answer.json()) as SandboxCredentials;
}

/** Stripe sends events to registered addresses only; at the real one a person does this in the dashboard. */
async function registerWebhook({ baseUrl, secretKey }: SandboxCredentials['stripe'], url: string): Promise<void> {
  const body = new URLSearchParams({ url });
  STRIPE_EVENTS.forEach((event) => body.append('enabled_events[]', event));
  const answer = await fetch(`${baseUrl}/v1/webhook_endpoints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}` },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(`the sandbox at ${baseUrl} refused the webhook: ${answer.status}`);
}
