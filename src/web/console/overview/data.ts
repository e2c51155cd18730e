import { type Overview } from '../../../console/contract';
import { useLive } from '../data';

export const useOverview = () => useLive<Overview>('/overview');
