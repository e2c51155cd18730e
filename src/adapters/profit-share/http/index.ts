import { type ProfitShare, type ProfitShareSystem } from '../../../ports/consumer-profit-share';

/** It only has to note the report: longer means that it is in trouble, and the event comes again. */
const TIMEOUT_MS = 5_000;

/**
 * The profit-share system over HTTP: `POST <url>` with the report as JSON and the order's id as `Idempotency-Key`. Any 2xx
 * acknowledges; a repeat of a key must be acknowledged again without being counted again.
 */
export function createProfitShareClient(url: string, timeoutMs = TIMEOUT_MS): ProfitShareSystem {
  return {
    report: async (share: ProfitShare) => {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': share.orderId },
        body: JSON.stringify(share),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`the profit-share system answered ${answer.status}`);
    },
  };
}
