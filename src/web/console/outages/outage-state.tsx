import { type OutageView } from '../../../console/contract';
import { Mark } from '../parts/status';

const STATES = { running: ['Running', 'blue'], done: ['Done', 'green'], stopped: ['Stopped', 'gray'] } as const;

export function OutageStateMark({ state }: Pick<OutageView, 'state'>) {
  const [name, color] = STATES[state];
  return <Mark name={name} color={color} />;
}
