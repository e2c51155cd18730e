import { HoldfastError } from './errors';
import { type OrderDraft } from './order';
import { GATEWAYS, type GatewayName } from './payment';

/** Bounds of what an order may ask for; part of the HTTP contract. */
export const DRAFT_LIMITS = {
  lines: 50,
  quantity: 10_000,
  noteLength: 500,
  /** Ids that come from outside (buyer, store, referrer, SKU): opaque, printable, no personal data expected. */
  id: /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$/,
} as const;

/** Allowed pay windows, in seconds. */
export interface PaymentWindowBounds {
  readonly defaultSeconds: number;
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

type Fault = { readonly path: string; readonly message: string };

/**
 * Reads an order's draft from data that passed no schema: an order started straight through Temporal.
 * Throws `validation_failed` naming each path that does not fit.
 */
export function parseDraft(input: unknown, bounds: PaymentWindowBounds): OrderDraft {
  const given = isRecord(input) ? input : {};
  const faults: Fault[] = [];
  const draft = {
    buyerId: readId(given, 'buyerId', faults) ?? '',
    lines: readLines(given.lines, faults),
    payWith: readGateway(given.payWith, faults),
    paymentWindowSeconds: readWindow(given.paymentWindowSeconds, bounds, faults),
    storeId: readOptionalId(given, 'storeId', faults),
    referrerId: readOptionalId(given, 'referrerId', faults),
    promotionId: readOptionalId(given, 'promotionId', faults),
  };
  if (faults.length > 0) {
    const detail = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new HoldfastError('validation_failed', detail, { errors: faults });
  }
  return draft;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readId(given: Record<string, unknown>, path: string, faults: Fault[]): string | null {
  const value = given[path];
  if (typeof value === 'string' && DRAFT_LIMITS.id.test(value)) return value;
  faults.push({ path, message: 'must be an id of 1 to 128 letters, digits and _ . : -' });
  return null;
}

function readOptionalId(given: Record<string, unknown>, path: string, faults: Fault[]): string | null {
  return given[path] == null ? null : readId(given, path, faults);
}

function readLines(value: unknown, faults: Fault[]): OrderDraft['lines'] {
  if (!Array.isArray(value) || value.length === 0 || value.length > DRAFT_LIMITS.lines) {
    faults.push({ path: 'lines', message: `must be 1 to ${DRAFT_LIMITS.lines} lines` });
    return [];
  }
  return value.map((line: unknown, index) => {
    const { skuId, quantity } = isRecord(line) ? line : {};
    const named = typeof skuId === 'string' && DRAFT_LIMITS.id.test(skuId);
    if (!named) faults.push({ path: `lines.${index}.skuId`, message: 'must be the id of a SKU' });
    const counted = isIntegerWithin(quantity, 1, DRAFT_LIMITS.quantity);
    if (!counted) {
      faults.push({
        path: `lines.${index}.quantity`,
        message: `must be an integer from 1 to ${DRAFT_LIMITS.quantity}`,
      });
    }
    return { skuId: named ? skuId : '', quantity: counted ? quantity : 0 };
  });
}

function readGateway(value: unknown, faults: Fault[]): GatewayName | null {
  if (value == null) return null;
  const name = GATEWAYS.find((gateway) => gateway === value);
  if (!name) faults.push({ path: 'payWith', message: `must be one of ${GATEWAYS.join(', ')} or null` });
  return name ?? null;
}

function readWindow(value: unknown, bounds: PaymentWindowBounds, faults: Fault[]): number {
  if (value == null) return bounds.defaultSeconds;
  if (isIntegerWithin(value, bounds.minSeconds, bounds.maxSeconds)) return value;
  faults.push({
    path: 'paymentWindowSeconds',
    message: `must be an integer from ${bounds.minSeconds} to ${bounds.maxSeconds}`,
  });
  return bounds.defaultSeconds;
}

function isIntegerWithin(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}
