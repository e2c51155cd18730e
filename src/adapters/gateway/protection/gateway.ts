import { bulkhead, isBulkheadRejectedError } from 'cockatiel';
import { type Unknown } from '../../../domain/payment';
import { type Clock } from '../../../ports/clock';
import { type Logger } from '../../../ports/logger';
import { type PaymentGateway } from '../../../ports/payment-gateway';
import { type CircuitName, createCircuit } from './circuit';
import { PROTECTION_LIMITS, type ProtectionLimits } from './limits';
import { createPace } from './pace';

export interface ProtectionDeps {
  readonly now: Clock;
  readonly log: Logger;
  readonly limits?: ProtectionLimits;
  /** Calls a second that this process may send, as the merchant's agreement with the provider says; null: no limit. */
  readonly ratePerSecond: number | null;
}

export interface ProtectedGateway extends PaymentGateway {
  /** Whether this process asks the gateway: `closed` yes, `open` no, `halfOpen` one call tries. */
  state(): CircuitName;
}

/** Asked again this soon when too many calls wait: by then the first of them have ended. */
const CROWDED_RETRY_MS = 1_000;
const CROWDED: Unknown = { t: 'unknown', cause: 'throttled', retryAfterMs: CROWDED_RETRY_MS };

/**
 * Any gateway, spared when it is down and bounded when it is slow. Contract:
 * 1. What isn't asked is `unknown`: `circuitOpen` until the circuit lets a call try, `throttled` when too many wait for
 *    their turn or for those under way. Never a verdict, so that nothing is released, and nothing is thrown that the
 *    gateway doesn't throw.
 * 2. Only one call at a time tries a gateway that was down; its answer decides for all.
 * 3. Notifications are never limited: they cost the provider nothing and may be the only news that there is.
 * All calls of a gateway share one circuit: they share the provider's front door, and a slow create is a slow close.
 */
export function protectGateway(
  gateway: PaymentGateway,
  { now, log, limits = PROTECTION_LIMITS, ratePerSecond }: ProtectionDeps,
): ProtectedGateway {
  const circuit = createCircuit({
    now,
    limits,
    changed: (state) => {
      if (state === 'open') log.warn({ gateway: gateway.name }, 'the gateway is not asked for a while: circuit open');
      else log.info({ gateway: gateway.name }, 'the gateway answers again: circuit closed');
    },
  });
  const room = bulkhead(limits.atOnce, limits.waiting);
  const turn = createPace(ratePerSecond);
  const guarded = async <O extends { readonly t: string }>(call: () => Promise<O>): Promise<O | Unknown> => {
    const refused = circuit.refusal();
    if (refused) return refused;
    if (!(await turn())) return CROWDED;
    return room
      .execute(() => circuit.run(call))
      .catch((error: unknown) => {
        if (isBulkheadRejectedError(error)) return CROWDED;
        throw error;
      });
  };
  return {
    name: gateway.name,
    refusal: (amount) => gateway.refusal(amount),
    state: () => circuit.state(),
    createPayment: (ref) => guarded(() => gateway.createPayment(ref)),
    query: (ref) => guarded(() => gateway.query(ref)),
    close: (ref) => guarded(() => gateway.close(ref)),
    refund: (request) => guarded(() => gateway.refund(request)),
    queryRefund: (request) => guarded(() => gateway.queryRefund(request)),
    parseNotification: (raw) => gateway.parseNotification(raw),
    notificationReply: (accepted, why) => gateway.notificationReply(accepted, why),
  };
}
