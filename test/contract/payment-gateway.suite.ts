import { type CreatePaymentRequest, type PaymentGateway } from '../../src/ports/payment-gateway';
import { type GatewayTraits, type GatewayUnderTest, type SuiteOp } from './gateway-under-test';
import { clauseLimits, clauseOutcomes, clauseSignatures } from './payment-gateway.answers';
import { clauseClosed, clausePaid } from './payment-gateway.money';
import { clauseNotifications } from './payment-gateway.notifications';

/** The contract of `PaymentGateway`, clause by clause; every adapter runs it. */
export function paymentGatewaySuite(
  name: string,
  setup: () => Promise<GatewayUnderTest>,
  traits: GatewayTraits = { answersAreSigned: true },
): void {
  describe(`${name} as a PaymentGateway`, () => {
    let t: GatewayUnderTest;
    beforeAll(async () => {
      t = await setup();
    });
    afterAll(() => t.close());

    /** A payment on offer. */
    async function offered(): Promise<CreatePaymentRequest> {
      const request = t.newRequest();
      expect(await t.gateway.createPayment(request)).toMatchObject({ t: 'created' });
      return request;
    }
    function ask(gateway: PaymentGateway, op: SuiteOp, request: CreatePaymentRequest) {
      if (op === 'create') return gateway.createPayment(request);
      return op === 'query' ? gateway.query(request) : gateway.close(request);
    }
    /** A number in the state in which the operation does something. */
    const ready = (op: SuiteOp) => (op === 'create' ? Promise.resolve(t.newRequest()) : offered());
    const healthy = { create: 'created', query: 'pending', close: 'closed' } as const;

    clauseOutcomes(() => t, { ask, ready, healthy });
    if (traits.answersAreSigned) clauseSignatures(() => t, { ask, ready, offered });
    clausePaid(() => t, offered);
    clauseClosed(() => t, offered, traits);
    clauseLimits(() => t, { ask, ready, offered, healthy });
    clauseNotifications(() => t);
  });
}
