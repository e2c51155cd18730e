import { type RequiredForm } from '../domain/buyer-fields';
import { type CartView } from '../domain/cart';
import { type Money } from '../domain/money';
import { type CloseReason, type OrderStatus } from '../domain/order-status';
import { type GatewayName, type PaymentStatus } from '../domain/payment';
import { type Promotion } from '../domain/promotion';

/*
 * What `/shop/api` answers the pages: the public API's answers as they are, as far as the pages read them. Money in integer
 * minor units, instants in RFC 3339.
 */

/** A request that changes something carries it: no other site can set a header of its own here. */
export const SHOP_HEADER = 'X-Holdfast-Shop';

/** `POST /session`: who this browser is, kept in a sealed cookie. */
export interface ShopSession {
  readonly buyerId: string;
  /** The shop's clock, which countdowns go by. */
  readonly now: string;
}

export interface ShopPage<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export interface ShopSku {
  readonly id: string;
  readonly productId: string;
  readonly title: string;
  readonly price: Money;
  readonly onSale: boolean;
  readonly requiredForm: RequiredForm;
  readonly stock: { readonly available: number; readonly unlimited: boolean };
}

export type ShopPromotion = Promotion & { readonly use: { readonly held: number; readonly used: number } };

export type ShopCart = CartView;

export interface ShopPayment {
  readonly id: string;
  readonly gateway: GatewayName;
  readonly status: PaymentStatus;
  readonly payUrl: string | null;
  /** What the code to scan holds. */
  readonly codeUrl: string | null;
}

export interface ShopOrder {
  readonly id: string;
  readonly status: OrderStatus;
  readonly amount: Money;
  readonly refundedAmount: Money;
  readonly lines: readonly {
    readonly skuId: string;
    readonly title: string;
    readonly quantity: number;
    readonly unitPrice: Money;
    readonly discountBasisPoints: number;
    readonly amount: Money;
  }[];
  readonly payBy: string;
  readonly payment: ShopPayment | null;
  readonly createdAt: string;
  readonly paidAt: string | null;
  readonly closedAt: string | null;
  readonly closeReason: CloseReason | null;
  readonly shippingAddress?: Readonly<Record<string, unknown>> | null;
}

/** `POST /cart/checkout`; with `lines` the body of `POST /orders`. The buyer is the browser's own, whatever is sent. */
export interface ShopCheckout {
  readonly payWith: GatewayName;
  readonly promotionId?: string;
  readonly form?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly shippingAddress?: Readonly<Record<string, unknown>>;
  readonly lines?: readonly { readonly skuId: string; readonly quantity: number }[];
}
