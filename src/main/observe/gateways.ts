import { type PaymentGateway } from '../../ports/payment-gateway';
import { type Tracing } from '../../telemetry/tracing/index';
import { ANSWER_SECONDS } from '../../telemetry/buckets';
import { type Metrics } from '../../telemetry/metrics';
import { overriding } from '../../telemetry/overriding';

const OPERATIONS = {
  createPayment: 'create',
  query: 'query',
  close: 'close',
  refund: 'refund',
  queryRefund: 'queryRefund',
} as const;
export type GatewayOperation = (typeof OPERATIONS)[keyof typeof OPERATIONS];

interface Outcome {
  readonly t: string;
  readonly cause?: string;
}

/** Runs one call of a gateway and answers what it answered. */
export type AroundCall = <O extends Outcome>(operation: GatewayOperation, call: () => Promise<O>) => Promise<O>;

/** The gateway with every call that may leave this process led through `around`. */
export function aroundCalls<G extends PaymentGateway>(gateway: G, around: AroundCall): G {
  const { createPayment, query, close, refund, queryRefund } = OPERATIONS;
  const overrides: Partial<PaymentGateway> = {
    createPayment: (ref) => around(createPayment, () => gateway.createPayment(ref)),
    query: (ref) => around(query, () => gateway.query(ref)),
    close: (ref) => around(close, () => gateway.close(ref)),
    refund: (request) => around(refund, () => gateway.refund(request)),
    queryRefund: (request) => around(queryRefund, () => gateway.queryRefund(request)),
  };
  return overriding<G>(gateway, overrides as Partial<G>);
}

/** What is told of calls that were sent, and of answers that prove nothing, those included that were never asked for. */
export interface GatewayWatch {
  /** Around the vendor's adapter: what the provider takes for it. */
  readonly sent: (gateway: PaymentGateway) => PaymentGateway;
  /** Around the protected gateway: what its caller gets. */
  readonly answered: <G extends PaymentGateway>(gateway: G) => G;
}

/** Counts and times the calls of all gateways; with `tracing` each is a span, too. */
export function watchGateways(
  metrics: Pick<Metrics, 'counterPer' | 'histogramPer'>,
  tracing: Tracing | null,
): GatewayWatch {
  const took = metrics.histogramPer(
    ['gateway', 'operation', 'outcome'],
    'holdfast_gateway_call_seconds',
    'Calls that were sent to a gateway',
    ANSWER_SECONDS,
  );
  const unknown = metrics.counterPer(
    ['gateway', 'operation', 'cause'],
    'holdfast_gateway_unknown_total',
    'Answers of a gateway that prove nothing, with those it was not asked for',
  );
  return {
    sent: (gateway) =>
      aroundCalls(gateway, async (operation, call) => {
        const begun = performance.now();
        const outcome = await call();
        took({ gateway: gateway.name, operation, outcome: outcome.t }, (performance.now() - begun) / 1_000);
        return outcome;
      }),
    answered: (gateway) =>
      aroundCalls(gateway, async (operation, call) => {
        const outcome = await (tracing ? tracing.gatewayCall(gateway.name, operation, call) : call());
        if (outcome.t === 'unknown') unknown({ gateway: gateway.name, operation, cause: outcome.cause ?? '' });
        return outcome;
      }),
  };
}
