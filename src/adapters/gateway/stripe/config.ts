/** A merchant's access to Stripe. */
export interface StripeConfig {
  /** Bare origin, without a path: `https://api.stripe.com`, or the sandbox's. */
  readonly baseUrl: string;
  /** `sk_test_…`/`sk_live_…`, or a restricted key `rk_…` that may write Checkout sessions, PaymentIntents and refunds. */
  readonly secretKey: string;
  /** `whsec_…` of the webhook endpoint. */
  readonly webhookSecret: string;
  /** Where the buyer comes back to; in the mode `payment_intent` the merchant's own page with Stripe's payment form. */
  readonly returnUrl: string;
  /** `checkout`: a page that Stripe hosts. `payment_intent`: a form on the merchant's page. */
  readonly mode: 'checkout' | 'payment_intent';
  /** Milliseconds for one call of the port, inner calls included; the deployment's figure and its reason are in src/config. */
  readonly timeoutMs: number;
}

/** An activity that waits more than a minute for one answer is a mistake of units. */
const LONGEST_TIMEOUT_MS = 60_000;

/** Throws an Error that names the environment variable and what is wrong with it, never its value. */
export function validateStripeConfig(config: StripeConfig): void {
  const base = demandUrl('STRIPE_BASE_URL', config.baseUrl);
  const isBare = base.pathname === '/' && base.search === '' && base.hash === '' && base.username === '';
  demand(isBare, 'STRIPE_BASE_URL is not a bare origin: it has a path');
  demand(
    /^(sk|rk)_(test|live)_\w+$/.test(config.secretKey),
    'STRIPE_SECRET_KEY is not a secret or restricted API key (sk_test_…, sk_live_…, rk_test_…, rk_live_…)',
  );
  demand(/^whsec_[\w+/=-]+$/.test(config.webhookSecret), 'STRIPE_WEBHOOK_SECRET is not a signing secret (whsec_…)');
  demandUrl('STRIPE_RETURN_URL', config.returnUrl);
  const modes: readonly string[] = ['checkout', 'payment_intent'];
  demand(modes.includes(config.mode), `the Stripe mode is none of ${modes.join(', ')}`);
  demand(
    Number.isInteger(config.timeoutMs) && config.timeoutMs >= 1 && config.timeoutMs <= LONGEST_TIMEOUT_MS,
    `the Stripe time limit is not a whole number of milliseconds from 1 to ${LONGEST_TIMEOUT_MS}`,
  );
}

/** Whether the key moves real money; objects of the other mode aren't this merchant's. */
export function isLive(config: Pick<StripeConfig, 'secretKey'>): boolean {
  return /^(sk|rk)_live_/.test(config.secretKey);
}

function demandUrl(name: string, value: string): URL {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new Error(`${name} is not an http(s) URL`);
  }
  return new URL(value);
}

function demand(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}
