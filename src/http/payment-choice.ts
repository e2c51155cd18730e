import { HoldfastError } from '../domain/errors';
import { faultOfChoice, type GatewayName, type PaymentChoice } from '../domain/payment';
import { type ChoiceBody } from './schemas/orders';

/** The choice of a body's `payment`, null where it has none; throws `validation_failed` for one that the gateway doesn't know. */
export function choiceOf(body: ChoiceBody | undefined, gateway: GatewayName | null): PaymentChoice | null {
  if (!body) return null;
  const choice: PaymentChoice = { method: body.method, payerId: body.payerId ?? null };
  const fault = gateway === null ? { field: 'method', message: 'needs payWith' } : faultOfChoice(gateway, choice);
  if (!fault) return choice;
  const path = `payment.${fault.field}`;
  throw new HoldfastError('validation_failed', `${path} ${fault.message}`, {
    errors: [{ path, message: fault.message }],
  });
}
