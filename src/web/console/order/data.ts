import { type ActionView, type ActRequest, type OrderPage } from '../../../console/contract';
import { useCommand, useLive } from '../data';

export const useOrder = (id: string) => useLive<OrderPage>(`/orders/${encodeURIComponent(id)}`);

export const useAct = (orderId: string) =>
  useCommand<ActRequest, ActionView>(
    () => `/orders/${encodeURIComponent(orderId)}/actions`,
    (body) => ({ body }),
  );
