import { type GatewaysView } from '../../../console/contract';
import { useLive } from '../data';

export const useGateways = () => useLive<GatewaysView>('/gateways');
