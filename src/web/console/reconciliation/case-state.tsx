import { type CaseView } from '../../../console/contract';
import { Mark } from '../parts/status';

const STATES = {
  open: ['Open', 'red'],
  mended: ['Mended', 'green'],
  resolved: ['Resolved', 'green'],
  ignored: ['Ignored', 'gray'],
} as const;

export function CaseStateMark({ state }: Pick<CaseView, 'state'>) {
  const [name, color] = STATES[state];
  return <Mark name={name} color={color} />;
}
