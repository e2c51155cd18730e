import { type OrderRow, type OrdersQuery, type PageOf } from '../../../console/contract';
import { search } from '../client';
import { useLiveList } from '../data';
import { useFilters } from '../parts/filters';

/** Search parameters of the page that the server takes as they are. */
const PASSED: readonly (keyof OrdersQuery)[] = ['q', 'status', 'gateway', 'manual', 'olderThanSeconds', 'cursor'];

export function useOrders() {
  const { get } = useFilters();
  const given = Object.fromEntries(PASSED.map((name) => [name, get(name)]));
  return useLiveList<PageOf<OrderRow>>(`/orders${search(given)}`);
}
