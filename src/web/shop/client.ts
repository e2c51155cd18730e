import { useInfiniteQuery, useIsMutating, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { isTerminal } from '../../domain/order-status';
import { type GatewayName } from '../../domain/payment';
import {
  SHOP_HEADER,
  type ShopCart,
  type ShopCheckout,
  type ShopOrder,
  type ShopPage,
  type ShopPayment,
  type ShopPromotion,
  type ShopSession,
  type ShopSku,
} from '../../storefront/contract';
import { api, type ApiRequest, passes } from '../kit/api';

const BASE = '/shop/api';

function get<T>(path: string): Promise<T> {
  return api<T>(BASE + path);
}

function change<T>(
  method: 'POST' | 'PUT',
  path: string,
  body: object,
  headers: ApiRequest['headers'] = {},
): Promise<T> {
  return api<T>(BASE + path, { method, body, headers: { [SHOP_HEADER]: '1', ...headers } });
}

/** Every page of a list; a demo shop has few. */
async function all<T>(path: string): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const page: ShopPage<T> = await get(path + query);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

/** Who this browser is, and how far the shop's clock is from the browser's, in milliseconds. */
export function useSession() {
  return useQuery({
    queryKey: ['session'],
    queryFn: async () => {
      const { buyerId, now } = await change<ShopSession>('POST', '/session', {});
      return { buyerId, clockOffsetMs: Date.parse(now) - Date.now() };
    },
    staleTime: Infinity,
    gcTime: Infinity,
  });
}

/** Stock moves while others buy: often enough to see it, seldom enough for a page that is left open. */
const STOCK_EVERY_MS = 5_000;

export function useSkus() {
  return useQuery({ queryKey: ['skus'], queryFn: () => all<ShopSku>('/skus'), refetchInterval: STOCK_EVERY_MS });
}

export function skuQuery(id: string) {
  return {
    queryKey: ['sku', id],
    queryFn: () => get<ShopSku>(`/skus/${encodeURIComponent(id)}`),
    refetchInterval: STOCK_EVERY_MS,
  };
}

export function usePromotions() {
  return useQuery({
    queryKey: ['promotions'],
    queryFn: () => all<ShopPromotion>('/promotions'),
    refetchInterval: STOCK_EVERY_MS,
  });
}

export function useCart() {
  return useQuery({ queryKey: ['cart'], queryFn: () => get<ShopCart>('/cart'), refetchInterval: STOCK_EVERY_MS });
}

export function useCartLine() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ skuId, quantity }: { skuId: string; quantity: number }) =>
      change<ShopCart>('PUT', `/cart/lines/${encodeURIComponent(skuId)}`, { quantity }),
    // One after the other, so that the last quantity typed is the one that stays.
    scope: { id: 'cart' },
    onSuccess: (cart) => client.setQueryData(['cart'], cart),
  });
}

export interface Placing {
  readonly order: ShopCheckout;
  /** The same for every try at one checkout, so that it places one order at most. */
  readonly idempotencyKey: string;
}

const PLACING = ['place'];

/**
 * Places the cart, or `lines` where the order names its own. What follows belongs to the mutation, not to the component
 * that began it: an order that comes into being empties the cart, and with it the page may be gone.
 */
export function usePlace(then: { placed: (orderId: string) => void; refused: () => void }) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: PLACING,
    mutationFn: ({ order, idempotencyKey }: Placing) =>
      change<ShopOrder>('POST', order.lines ? '/orders' : '/cart/checkout', order, {
        'Idempotency-Key': idempotencyKey,
      }),
    retry: (failures, error) => failures < 4 && passes(error),
    retryDelay: (failures) => 1_000 * 2 ** failures,
    onSuccess: (order) => {
      client.setQueryData(['order', order.id], order);
      then.placed(order.id);
    },
    onError: (error) => {
      if (!passes(error)) then.refused();
    },
    onSettled: () => void client.invalidateQueries({ queryKey: ['cart'] }),
  });
}

/** The cart as it is; while it is being placed as it was, because the order that comes into being empties it. */
export function useCartToPlace() {
  const cart = useCart();
  const placing = useIsMutating({ mutationKey: PLACING }) > 0;
  const [before, setBefore] = useState(cart.data);
  useEffect(() => {
    if (!placing) setBefore(cart.data);
  }, [placing, cart.data]);
  return { ...cart, data: placing ? before : cart.data };
}

/** A page that waits for the payment asks every second at first, then more and more seldom. */
const FIRST_LOOK_MS = 1_000;
const LAST_LOOK_MS = 5_000;

/** Until nothing of it changes any more by itself. */
export function useOrder(id: string) {
  return useQuery({
    queryKey: ['order', id],
    queryFn: () => get<ShopOrder>(`/orders/${encodeURIComponent(id)}`),
    refetchInterval: ({ state: { data, dataUpdateCount, error } }) => {
      if (data ? data.status === 'paid' || isTerminal(data.status) : error && !passes(error)) return false;
      return Math.min(LAST_LOOK_MS, FIRST_LOOK_MS * 1.1 ** dataUpdateCount);
    },
  });
}

export function useOrders() {
  return useInfiniteQuery({
    queryKey: ['orders'],
    queryFn: ({ pageParam }) =>
      get<ShopPage<ShopOrder>>(`/orders${pageParam === '' ? '' : `?cursor=${encodeURIComponent(pageParam)}`}`),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
}

export function useSwitchGateway(orderId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (gateway: GatewayName) =>
      change<ShopPayment>('POST', `/orders/${encodeURIComponent(orderId)}/payments`, { gateway }),
    onSettled: () => client.invalidateQueries({ queryKey: ['order', orderId] }),
  });
}

export function useCancel(orderId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => change<ShopOrder>('POST', `/orders/${encodeURIComponent(orderId)}/cancel`, {}),
    onSettled: () => client.invalidateQueries({ queryKey: ['order', orderId] }),
  });
}
