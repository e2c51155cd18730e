import { type Answer } from '../faults/http-faults';

export type StripeErrorType = 'invalid_request_error' | 'idempotency_error' | 'api_error';

/** What `error` holds beside type and message; `payment_intent` is the object as it stands. */
export interface ErrorExtra {
  readonly code?: string;
  readonly param?: string;
  readonly payment_intent?: Readonly<Record<string, unknown>>;
}

/** Stripe's error answer: `{"error":{type,message,code?,param?,payment_intent?}}`. */
export function errorAnswer(status: number, type: StripeErrorType, message: string, extra: ErrorExtra = {}): Answer {
  return { status, body: JSON.stringify({ error: { type, message, ...extra } }) };
}

export function serverError(): Answer {
  return errorAnswer(500, 'api_error', 'An unknown error occurred');
}

export function throttled(code: 'rate_limit' | 'lock_timeout' = 'rate_limit'): Answer {
  return errorAnswer(429, 'invalid_request_error', 'Too many requests for this object or key, try again later', {
    code,
  });
}

/**
 * A refusal before anything was executed (authentication, form, validation, idempotency conflict): no answer of this
 * kind is stored under an Idempotency-Key.
 */
export class StripeRefusal extends Error {
  constructor(
    readonly status: number,
    readonly type: StripeErrorType,
    message: string,
    readonly extra: ErrorExtra = {},
  ) {
    super(message);
    this.name = 'StripeRefusal';
  }

  /** A parameter that is missing or wrong. */
  static param(param: string, message: string, code = 'parameter_invalid'): StripeRefusal {
    return new StripeRefusal(400, 'invalid_request_error', message, { param, code });
  }

  /** An id that nobody knows: 404 `resource_missing`. */
  static missing(kind: string, id: string): StripeRefusal {
    return new StripeRefusal(404, 'invalid_request_error', `No such ${kind}: '${id}'`, {
      code: 'resource_missing',
      param: kind === 'payment_intent' ? 'intent' : 'id',
    });
  }

  toAnswer(): Answer {
    return errorAnswer(this.status, this.type, this.message, this.extra);
  }
}
