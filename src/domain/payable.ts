import { type Money } from './money';

/** The amounts that a gateway takes at once, in minor units. */
export interface Payable {
  /** Null: any. */
  readonly currency: string | null;
  readonly least: number;
  /** Null: as much as an order may come to. */
  readonly most: number | null;
}

/** Why an amount is none of them, for people; null when it is one. */
export function refusalOf({ minor, currency }: Money, payable: Payable): string | null {
  if (payable.currency !== null && currency !== payable.currency) return `takes ${payable.currency}, not ${currency}`;
  if (minor < payable.least) return `takes no less than ${payable.least} minor units of ${currency}`;
  if (payable.most !== null && minor > payable.most)
    return `takes no more than ${payable.most} minor units of ${currency}`;
  return null;
}
