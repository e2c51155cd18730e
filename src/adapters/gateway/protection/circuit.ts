import { circuitBreaker, CircuitState, CountBreaker, handleWhenResult, isBrokenCircuitError } from 'cockatiel';
import { type Unknown } from '../../../domain/payment';
import { type Clock } from '../../../ports/clock';
import { type ProtectionLimits } from './limits';

/** `halfOpen`: one call is trying whether the gateway is back. */
export type CircuitName = 'closed' | 'open' | 'halfOpen';

export interface Circuit {
  state(): CircuitName;
  /** The answer in the gateway's stead while it isn't asked; null when it may be. */
  refusal(): Unknown | null;
  /** Asks, unless the circuit is open. Rejects only as `call` does. */
  run<O extends Answer>(call: () => Promise<O>): Promise<O | Unknown>;
}

export interface CircuitDeps {
  readonly now: Clock;
  readonly limits: ProtectionLimits;
  /** Told when it opens and when it closes. */
  readonly changed: (state: 'open' | 'closed') => void;
}

/** What every outcome of the port has. */
interface Answer {
  readonly t: string;
}

/**
 * The causes that say "the gateway is down". A signature that doesn't verify, an unlisted code or a 429 come from a
 * gateway that answers, and are no reason not to ask it about other payments.
 */
const OUTAGES: ReadonlySet<string> = new Set<Unknown['cause']>(['timeout', '5xx', 'unparsable']);

/** While one call tries, the others ask again after this: a healthy gateway has answered it by then. */
const TRY_UNDER_WAY_MS = 1_000;

const NAMES: Record<CircuitState, CircuitName> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'halfOpen',
  [CircuitState.Isolated]: 'open',
};

/** The circuit breaker of one gateway in one process. */
export function createCircuit({ now, limits, changed }: CircuitDeps): Circuit {
  const { openForMs } = limits;
  const breaker = circuitBreaker(
    handleWhenResult((outcome) => isOutage(outcome as Answer | Unknown)),
    {
      breaker: new CountBreaker({
        threshold: limits.failureShare,
        size: limits.lookBackCalls,
        minimumNumberOfCalls: limits.fewestCalls,
      }),
      halfOpenAfter: openForMs,
    },
  );
  let openUntil = 0;
  breaker.onBreak(() => {
    openUntil = now() + openForMs;
    changed('open');
  });
  breaker.onReset(() => changed('closed'));

  const refusal = (): Unknown | null => {
    if (breaker.state === CircuitState.HalfOpen) return circuitOpen(TRY_UNDER_WAY_MS);
    const left = breaker.state === CircuitState.Open ? openUntil - now() : 0;
    return left > 0 ? circuitOpen(left) : null;
  };
  return {
    state: () => NAMES[breaker.state],
    refusal,
    run: async (call) => {
      const refused = refusal();
      if (refused) return refused;
      return breaker.execute(call).catch((error: unknown) => {
        // The breaker goes by the machine's clock, which may be a moment behind ours.
        if (isBrokenCircuitError(error)) return circuitOpen(TRY_UNDER_WAY_MS);
        throw error;
      });
    },
  };
}

function isOutage(outcome: Answer | Unknown): boolean {
  return outcome.t === 'unknown' && 'cause' in outcome && OUTAGES.has(outcome.cause);
}

function circuitOpen(retryAfterMs: number): Unknown {
  return { t: 'unknown', cause: 'circuitOpen', retryAfterMs };
}
