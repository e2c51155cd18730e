import { personalDataOf } from '../../../src/domain/buyer-fields';
import { isSettled } from '../../../src/domain/order-status';
import { type AppDeps } from '../../../src/http/deps';
import { type Forgotten, type PersonalDataOfOrder, type PersonalDataState } from '../../../src/ports/buyer-data';
import { type FakeOrders } from './fakes';

const AT = '2026-01-02T00:00:00.000Z';

/** What the fake orders were placed with, until their buyer is forgotten. */
export class FakeBuyerData {
  private readonly forgotten = new Set<string>();

  constructor(private readonly orders: FakeOrders) {}

  read(orderId: string, show: boolean): Promise<PersonalDataOfOrder> {
    const draft = this.orders.placings.find((placing) => placing.orderId === orderId)?.draft;
    const data = draft && personalDataOf(draft);
    const withheld = (state: PersonalDataState) => Promise.resolve({ state, form: null, shippingAddress: null });
    if (!data) return withheld('none');
    if (this.forgotten.has(draft.buyerId)) return withheld('forgotten');
    return show ? Promise.resolve({ state: 'shown' as const, ...data }) : withheld('hidden');
  }

  forget(buyerId: string): Promise<Forgotten> {
    const own = this.orders.placings.filter(({ draft }) => draft.buyerId === buyerId && personalDataOf(draft));
    if (own.length === 0) return Promise.resolve({ at: null, orders: 0, openOrders: 0 });
    this.forgotten.add(buyerId);
    const open = own.filter(({ orderId }) => !isSettled(this.orders.orders.get(orderId)?.status ?? 'cancelled'));
    return Promise.resolve({ at: AT, orders: own.length, openOrders: open.length });
  }
}

/** Digests that show what they were made of. */
export const digestsInClear: AppDeps['personalDigests'] = (text) => [`keyed ${text}`];
