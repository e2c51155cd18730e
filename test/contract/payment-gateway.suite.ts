import { type CreateOutcome } from '../../src/domain/payment';
import { type PaymentGateway, type PaymentRef, type RefundRequest } from '../../src/ports/payment-gateway';
import { type Clause, type GatewayTraits, type GatewayUnderTest, type Steps, type SuiteOp } from './gateway-under-test';
import { clauseLimits, clauseOutcomes, clauseSignatures } from './payment-gateway.answers';
import { clauseClosed, clausePaid } from './payment-gateway.money';
import { clauseNotifications } from './payment-gateway.notifications';
import { clauseRefundFaults } from './payment-gateway.refund-faults';
import { clauseRefundNotifications } from './payment-gateway.refund-notifications';
import { clauseRefunds } from './payment-gateway.refunds';

/** The contract of `PaymentGateway`, clause by clause; every adapter whose provider the sandbox speaks for runs it. */
export function paymentGatewaySuite(name: string, setup: () => Promise<GatewayUnderTest>, traits: GatewayTraits): void {
  describe(`${name} as a PaymentGateway`, () => {
    let t: GatewayUnderTest;
    beforeAll(async () => {
      t = await setup();
    });
    afterAll(() => t.close());

    const under = () => t;
    const clause: Clause = { under, steps: stepsFor(under), traits };
    clauseOutcomes(clause);
    clauseSignatures(clause);
    clausePaid(clause);
    clauseClosed(clause);
    clauseRefunds(clause);
    clauseRefundFaults(clause);
    clauseLimits(clause);
    clauseNotifications(clause);
    clauseRefundNotifications(clause);
  });
}

function stepsFor(under: () => GatewayUnderTest): Steps {
  async function offered(): Promise<PaymentRef> {
    const t = under();
    const request = t.newRequest();
    const created = await t.gateway.createPayment(request);
    expect(created).toMatchObject({ t: 'created' });
    const ref = referred(request, created);
    await t.offer?.(ref);
    return ref;
  }
  async function refundable(): Promise<{ ref: PaymentRef; request: RefundRequest }> {
    const ref = await offered();
    const transactionId = await under().pay(ref.merchantNo);
    if (transactionId === null) throw new Error('the sandbox refused the payment');
    return { ref, request: refundOf(ref, transactionId) };
  }
  function ask(gateway: PaymentGateway, op: SuiteOp, ref: PaymentRef) {
    if (op === 'create') return gateway.createPayment(ref);
    return op === 'query' ? gateway.query(ref) : gateway.close(ref);
  }
  const ready = (op: SuiteOp) => (op === 'create' ? Promise.resolve(under().newRequest()) : offered());
  return { ask, ready, offered, refundable, healthy: { create: 'created', query: 'pending', close: 'closed' } };
}

/** The attempt as it is kept once its create was answered. */
export function referred(ref: PaymentRef, created: CreateOutcome): PaymentRef {
  return created.t === 'created' ? { ...ref, gatewayRef: created.gatewayRef } : ref;
}

/** A refund of all of a payment under a number of its own. */
export function refundOf(ref: PaymentRef, transactionId: string): RefundRequest {
  return {
    merchantNo: ref.merchantNo,
    gatewayRef: ref.gatewayRef,
    transactionId,
    refundNo: `ref_${ref.merchantNo}`,
    amount: ref.amount,
    refund: ref.amount,
    reason: 'not wanted any more',
  };
}
