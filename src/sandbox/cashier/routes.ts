import { type Request, type Response, Router } from 'express';
import { type Gateway } from '../gateway';
import { type SandboxClock } from '../state/clock';
import { type Payments } from '../state/payments';
import { type Store } from '../state/store';
import { type GatewayName, type Payment } from '../state/types';
import { cashierPage, type CashierState, unknownPage } from './page';

export interface CashierParts {
  readonly store: Store;
  readonly clock: SandboxClock;
  readonly payments: Payments;
  readonly gateways: ReadonlyMap<GatewayName, Gateway>;
}

/** Nothing but its own inline style and form: the page shows what merchants wrote. */
const CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'";

/** `/pay/{merchantNo}` shows and pays; `/pay?code=<QR content>` finds the number behind a QR code. */
export function cashierRoutes(parts: CashierParts): Router {
  const router = Router();
  router.use('/pay', (_req, res, next) => {
    res.set({ 'Content-Security-Policy': CONTENT_POLICY, 'Cache-Control': 'no-store' });
    next();
  });
  router.get('/pay', (req, res) => resolve(parts, req, res));
  router.get('/pay/:merchantNo', (req, res) => show(parts, req.params.merchantNo, res));
  router.post('/pay/:merchantNo', async (req, res) => {
    const { merchantNo } = req.params;
    const payment = parts.store.findPayment(merchantNo);
    if (payment) parts.gateways.get(payment.gateway)?.buyerPays(merchantNo);
    await parts.store.synced();
    // 303: reloading the page that follows asks again instead of paying again.
    res.redirect(303, `/pay/${encodeURIComponent(merchantNo)}`);
  });
  return router;
}

function resolve(parts: CashierParts, req: Request, res: Response): void {
  const code = typeof req.query['code'] === 'string' ? req.query['code'] : '';
  const found = [...parts.gateways.values()].map((gateway) => gateway.resolveCode(code)).find((no) => no !== null);
  if (found === undefined) res.status(404).type('html').send(unknownPage(code));
  else res.redirect(302, `/pay/${encodeURIComponent(found ?? '')}`);
}

function show(parts: CashierParts, merchantNo: string, res: Response): void {
  const payment = parts.store.findPayment(merchantNo);
  if (!payment) return void res.status(404).type('html').send(unknownPage(merchantNo));
  const merchant = payment.wire['mchid'] ?? payment.gateway;
  res.type('html').send(cashierPage(payment, merchant, stateOf(parts.payments, payment), parts.clock.nowMs()));
}

function stateOf(payments: Payments, payment: Payment): CashierState {
  if (payment.state !== 'open') return payment.state;
  return payments.isExpired(payment) ? 'expired' : 'open';
}
