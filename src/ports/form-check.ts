import { type RequiredForm } from '../domain/buyer-fields';
import { type OrderDraft } from '../domain/order';

/** What is wrong at a path of the request. Neither part holds a value that the buyer gave. */
export interface FieldFault {
  readonly path: string;
  readonly message: string;
}

/** Judges what buyers filled in by what their SKUs ask for. Synchronous and pure: it is asked inside the placing's transaction. */
export interface FormCheck {
  /**
   * Every field that is missing, not asked for or not as it should be, of the form and of the shipping address, all at once.
   * Paths are the request's: `form.sku_tea.phone`, `shippingAddress.city`. SKUs that the catalogue lacks ask for nothing.
   */
  faults(
    draft: Pick<OrderDraft, 'lines' | 'form' | 'shippingAddress'>,
    catalogue: ReadonlyMap<string, { readonly requiredForm: RequiredForm }>,
  ): readonly FieldFault[];
}
