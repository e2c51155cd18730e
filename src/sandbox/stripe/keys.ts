import { token } from './ids';

/** The sandbox's only account. As stored; throw-away, in test mode. */
export interface StripeKeys {
  readonly accountId: string;
  /** `sk_test_…`, the API key. */
  readonly secretKey: string;
  /** `whsec_…`; every webhook endpoint has it, so that a product configured with it needs no registration's answer. */
  readonly webhookSecret: string;
}

export function makeStripeKeys(): Promise<StripeKeys> {
  return Promise.resolve({
    accountId: `acct_1${token(15)}`,
    secretKey: `sk_test_51${token(97)}`,
    webhookSecret: `whsec_${token(32)}`,
  });
}
