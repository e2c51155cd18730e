import { performance } from 'node:perf_hooks';
import { Rush } from '../dispatch/rush';
import { type Metrics } from '../telemetry/metrics';

/** Tells whether the door of this process is in a rush. */
export function openRush(metrics: Metrics): Rush {
  const rush = new Rush({ elapsed: () => performance.now(), utilisation: loopUtilisation() });
  metrics.gauge('holdfast_door_rush', '1 while starts wait for a rush at the door of this process', () =>
    Promise.resolve(rush.on() ? 1 : 0),
  );
  return rush;
}

/** The share of the time since the last call in which the event loop was not idle. */
function loopUtilisation(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}
