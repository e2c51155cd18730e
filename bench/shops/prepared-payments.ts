import { createHmac } from 'node:crypto';
import { type Pool } from 'pg';
import { type PlannedRequest } from '../lib/load/protocol';

const SECRET = 'whsec_of_the_benchmarks';

/** A gateway that nobody needs to reach: only its notifications come, and are verified. */
export const PREPARED_GATEWAY = {
  STRIPE_BASE_URL: 'http://127.0.0.1:9',
  STRIPE_SECRET_KEY: 'sk_test_of_the_benchmarks',
  STRIPE_WEBHOOK_SECRET: SECRET,
  STRIPE_RETURN_URL: 'http://127.0.0.1:9',
} as const;

const merchantNoOf = (orderId: string): string => orderId.replace('ord_', 'pay_');

/** Attempts as they stand once a gateway has answered their create: what a till or a wallet of the shop's own would have left. */
export async function prepareAttempts(pool: Pool, orderIds: readonly string[]): Promise<void> {
  await pool.query(
    `INSERT INTO payments (id, order_id, attempt, gateway, status, merchant_no, amount, currency, expires_at)
     SELECT replace(id, 'ord_', 'pay_'), id, 1, 'stripe', 'pending', replace(id, 'ord_', 'pay_'), amount, currency, pay_by
     FROM orders WHERE id = ANY($1)`,
    [orderIds],
  );
}

/** The gateway's signed notification that an order's attempt was paid; valid for five minutes, as Stripe's are. */
export function signedNotification(orderId: string, minor: number): PlannedRequest {
  const created = Math.floor(Date.now() / 1_000);
  const object = {
    ...{ id: `pi_${orderId}`, object: 'payment_intent', status: 'succeeded', livemode: false, amount_received: minor },
    ...{ currency: 'cny', metadata: { merchantNo: merchantNoOf(orderId) } },
  };
  const body = JSON.stringify({
    ...{ id: `evt_${orderId}`, object: 'event', type: 'payment_intent.succeeded', created, livemode: false },
    data: { object },
  });
  const v1 = createHmac('sha256', SECRET).update(`${created}.${body}`).digest('hex');
  const headers = { 'stripe-signature': `t=${created},v1=${v1}` };
  return { method: 'POST', path: '/v1/webhooks/stripe', body, headers };
}
