import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type EventEnvelope } from '../../../domain/events';
import { type Clock } from '../../../ports/clock';
import { type DueEndpoint, type SendOutcome, type WebhookSender } from '../../../ports/webhook-endpoints';
import { faultOfUrl, lookupPublic } from './addresses';
import { signatureHeader } from './signature';

/** A receiver stores the event and answers; what takes longer belongs behind its answer. */
const TIMEOUT_MS = 10_000;

export interface HttpWebhookSenderOptions {
  readonly now: Clock;
  /** Production: HTTPS to public addresses only. */
  readonly publicOnly: boolean;
  readonly timeoutMs?: number;
}

/** Posts events over HTTP. Only the status of the answer is looked at; a redirect is a failure like any other. */
export class HttpWebhookSender implements WebhookSender {
  constructor(private readonly options: HttpWebhookSenderOptions) {}

  async send({ url, secret }: Pick<DueEndpoint, 'url' | 'secret'>, event: EventEnvelope): Promise<SendOutcome> {
    const fault = faultOfUrl(url, this.options.publicOnly);
    if (fault) return { t: 'failed', error: `the URL ${fault}` };
    const body = JSON.stringify(event);
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(body)),
      'User-Agent': 'Holdfast',
      'Holdfast-Event-Id': event.id,
      'Holdfast-Event-Type': event.type,
      'Holdfast-Signature': signatureHeader(secret, Math.floor(this.options.now() / 1000), body),
    };
    try {
      const status = await this.post(new URL(url), headers, body);
      return status >= 200 && status < 300 ? { t: 'accepted' } : { t: 'failed', error: `answered ${status}` };
    } catch (error) {
      return { t: 'failed', error: nameOf(error) };
    }
  }

  private post(url: URL, headers: Record<string, string>, body: string): Promise<number> {
    const { publicOnly, timeoutMs = TIMEOUT_MS } = this.options;
    // A connection of its own each time: the address is looked up, and looked at, anew.
    const options: RequestOptions = {
      method: 'POST',
      headers,
      agent: false,
      ...(publicOnly && { lookup: lookupPublic }),
    };
    return new Promise((resolve, reject) => {
      const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      });
      const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      request.on('error', reject);
      request.on('close', () => clearTimeout(timer));
      request.end(body);
    });
  }
}

/** The network's own code where it has one; never anything that the receiver said. */
function nameOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
