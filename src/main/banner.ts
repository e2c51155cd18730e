import { DEMO_CATALOGUE } from '../../prisma/seed/catalogue';

export interface Addresses {
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  readonly temporalUiUrl: string | null;
  /** Whether the demo shop is served. */
  readonly shop: boolean;
  /** Whether the console is. */
  readonly console: boolean;
  /** The development key made for this start; null where keys are configured. */
  readonly key: string | null;
}

/** What the terminal shows once everything runs: every address, and a first order ready to paste. */
export function banner({ apiUrl, sandboxUrl, temporalUiUrl, shop, console, key }: Addresses): string {
  const sku = DEMO_CATALOGUE[0]?.id ?? '';
  const order = JSON.stringify({ buyerId: 'buyer_1', lines: [{ skuId: sku, quantity: 2 }], payWith: 'wechat' });
  return `
Holdfast is ready.

  API           ${apiUrl}            contract: ${apiUrl}/docs
  Console       ${console ? `${apiUrl}/console    sign in with the API key` : 'none: CONSOLE_SECRET is not set'}
  Temporal UI   ${temporalUiUrl ?? 'that of the Temporal server given'}
  Sandbox       ${sandboxUrl}            payments: ${sandboxUrl}/_sandbox/ledger
  Shop          ${shop ? `${apiUrl}/shop` : 'off'}
  API key       ${key ?? 'one of those in API_KEYS'}

A first order:

  curl -s ${apiUrl}/v1/orders -H 'Authorization: Bearer ${key ?? '<key>'}' \\
    -H 'Content-Type: application/json' -H "Idempotency-Key: $(date +%s)" \\
    -d '${order}'

Open its payment.payUrl in a browser and click "pay"; then read it again at ${apiUrl}/v1/orders/<id>.
Five orders with their timelines: npm run demo -- ${key ?? '<key>'}
Stop with Ctrl-C; data stay for the next start.
`;
}
