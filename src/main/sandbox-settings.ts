import { type SandboxSettings, type WechatSettings } from '../config';

/** What the sandbox tells of itself; see the contract of `GET /_sandbox/credentials`. */
interface SandboxCredentials {
  readonly wechat: {
    readonly baseUrl: string;
    readonly mchid: string;
    readonly appid: string;
    readonly merchantSerial: string;
    readonly merchantPrivateKey: string;
    readonly platformPublicKeyId: string;
    readonly platformPublicKey: string;
    readonly apiV3Key: string;
  };
}

/** The sandbox answers at once or is not there. */
const TIMEOUT_MS = 5_000;

/** Settings that make the sandbox the WeChat Pay of a development machine. */
export async function wechatFromSandbox({ url, notifyUrl, cashierBaseUrl }: SandboxSettings): Promise<WechatSettings> {
  const answer = await fetch(`${url}/_sandbox/credentials`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`the sandbox at ${url} answered ${answer.status}`);
  const { wechat } = (await answer.json()) as SandboxCredentials;
  return {
    baseUrl: wechat.baseUrl,
    mchid: wechat.mchid,
    appid: wechat.appid,
    merchantSerial: wechat.merchantSerial,
    merchantPrivateKey: wechat.merchantPrivateKey,
    apiV3Key: wechat.apiV3Key,
    platformKeys: [{ serial: wechat.platformPublicKeyId, publicKeyPem: wechat.platformPublicKey }],
    notifyUrl,
    cashierBaseUrl,
  };
}
