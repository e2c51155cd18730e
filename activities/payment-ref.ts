import { type PaymentAttempt } from '../src/domain/order';
import { type PaymentRef } from '../src/ports/payment-gateway';

/** An attempt as its gateway is told of it; the same at every call. `titles`: of the order's lines, in their order. */
export function paymentRef(
  { merchantNo, gatewayRef, amount, expiresAt }: PaymentAttempt,
  orderId: string,
  titles: readonly string[],
): PaymentRef {
  return { merchantNo, gatewayRef, amount, expiresAt, description: describe(orderId, titles) };
}

/** What the buyer reads at the gateway: titles from the catalogue, no personal data. */
function describe(orderId: string, titles: readonly string[]): string {
  const [first] = titles;
  if (first === undefined) return orderId;
  return titles.length === 1 ? first : `${first} and ${titles.length - 1} more`;
}
