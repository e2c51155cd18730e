import { type OrderPage } from '../../../console/contract';
import { type OperatorAction } from '../../../domain/operator-action';

/** Of the form of one kind of action. */
export interface FieldsProps {
  readonly page: OrderPage;
  /** Told the action as filled in; null while something is missing or wrong. */
  readonly onChange: (action: OperatorAction | null) => void;
}
