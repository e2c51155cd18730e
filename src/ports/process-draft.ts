import { type Order, type OrderDraft } from '../domain/order';

/** What a process is started with: the order as it was asked for, and its deadline as it is shown. */
export interface ProcessDraft extends Pick<OrderDraft, 'buyerId' | 'lines' | 'payWith'> {
  /** RFC 3339. */
  readonly payBy: string;
  /** Nothing has happened to it since it was placed, and no payment was asked for: its process need not look at the record. */
  readonly asPlaced: boolean;
}

/** The start of an order that was placed. */
export function processDraft({ buyerId, lines, payment, payBy, status }: Order): ProcessDraft {
  const asked = lines.map(({ skuId, quantity }) => ({ skuId, quantity }));
  const asPlaced = status === 'awaiting_payment' && payment === null;
  return { buyerId, lines: asked, payWith: payment?.gateway ?? null, payBy, asPlaced };
}
