import { type Request } from 'express';
import { type FaultOp } from '../faults/catalogue';
import { type StripeCommand, type StripeDesk } from './desk';
import { check, intentCreate, listQuery, refundCreate, retrieveQuery, sessionCreate, sessionExpiry } from './fields';
import { type FormObject, parseForm } from './form';
import { type Kind } from './trade';

/** What a well-formed request comes to: the command, what faults are matched by, and whether faults may hit it at all. */
export interface Plan {
  readonly op: FaultOp | null;
  readonly merchantNo: string;
  readonly command: StripeCommand;
}

/** Makes a plan of an authentic request's parameters. @throws StripeRefusal */
export type Planner = (desk: StripeDesk, req: Request, form: FormObject) => Plan;

export const createIntent: Planner = (_desk, req, form) => {
  const body = check(intentCreate, form);
  const command = { op: 'create', kind: 'payment_intent', key: keyOf(req), body } as const;
  return { op: 'create', merchantNo: body.metadata['merchantNo'] ?? '', command };
};

export const createSession: Planner = (desk, req, form) => {
  const body = check(sessionCreate, form);
  const expiresAt = sessionExpiry(body.expires_at, desk.core.clock.nowMs());
  const origin = `${req.protocol}://${req.get('host') ?? ''}`;
  const command = { op: 'create', kind: 'checkout.session', key: keyOf(req), body, expiresAt, origin } as const;
  const merchantNo = body.metadata['merchantNo'] ?? body.payment_intent_data?.metadata['merchantNo'] ?? '';
  return { op: 'create', merchantNo, command };
};

export const retrieve =
  (kind: Kind): Planner =>
  (desk, req, form) => {
    const id = idOf(req);
    const { expand } = check(retrieveQuery, form);
    return {
      op: 'query',
      merchantNo: desk.trade.find(kind, id).merchantNo,
      command: { op: 'query', kind, id, expand },
    };
  };

/** A list is of many payments: only a fault without a number hits it. */
export const list =
  (kind: Kind): Planner =>
  (_desk, _req, form) => ({
    op: 'query',
    merchantNo: '',
    command: { op: 'list', kind, query: check(listQuery, form) },
  });

export const close =
  (kind: Kind): Planner =>
  (desk, req) => {
    const id = idOf(req);
    return { op: 'close', merchantNo: desk.trade.find(kind, id).merchantNo, command: { op: 'close', kind, id } };
  };

/** The buyer's act, not the merchant's: no fault hits it. */
export const confirm: Planner = (desk, req) => {
  const id = idOf(req);
  return { op: null, merchantNo: desk.trade.find('payment_intent', id).merchantNo, command: { op: 'confirm', id } };
};

export const refund: Planner = (desk, req, form) => {
  const body = check(refundCreate, form);
  const { merchantNo } = desk.refunds.paymentOf(body);
  return { op: 'refund', merchantNo, command: { op: 'refund', key: keyOf(req), body } };
};

export const retrieveRefund: Planner = (desk, req) => {
  const id = idOf(req);
  return { op: 'queryRefund', merchantNo: desk.refunds.merchantNoOf(id), command: { op: 'queryRefund', id } };
};

export const listRefunds: Planner = (desk, _req, form) => {
  const query = check(listQuery, form);
  const one = query.payment_intent !== undefined || query.charge !== undefined;
  const merchantNo = one ? desk.refunds.paymentOf(query).merchantNo : '';
  return { op: 'queryRefund', merchantNo, command: { op: 'listRefunds', query } };
};

/** The Idempotency-Key of a POST; null without one. */
export function keyOf(req: Request): string | null {
  const key = req.method === 'POST' ? req.get('Idempotency-Key') : undefined;
  return key === undefined || key === '' ? null : key;
}

export function idOf(req: Request): string {
  const value = req.params['id'];
  return typeof value === 'string' ? value : '';
}

/** The posted parameters. */
export function postedForm(req: Request): FormObject {
  return parseForm(Buffer.isBuffer(req.body) ? req.body.toString('utf8') : '');
}

/** The query string's parameters, brackets included. */
export function queryForm(req: Request): FormObject {
  return parseForm(new URL(req.originalUrl, 'http://any').search.slice(1));
}
