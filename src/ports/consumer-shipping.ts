/** A child order as the warehouse picks it. */
export interface ShippingChild {
  readonly childId: string;
  readonly productId: string;
  readonly lines: readonly { readonly skuId: string; readonly quantity: number }[];
}

/**
 * What the warehouse is told of a paid order. No personal data: whoever packs asks the API for the address, which
 * answers for as long as the buyer has not been forgotten.
 */
export interface ShippingNotice {
  readonly orderId: string;
  readonly children: readonly ShippingChild[];
}

/** Keeps one notice per order, however often and by whichever event it is told. */
export interface ShippingNotices {
  file(eventId: string, notice: ShippingNotice): Promise<void>;
}
