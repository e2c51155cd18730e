import { type ServerResponse } from 'node:http';
import { ANSWER_SECONDS } from '../../telemetry/buckets';
import { type Metrics } from '../../telemetry/metrics';

/** For one route: called as a request comes in, counts it as its answer is sent. */
export type RouteWatch = (response: ServerResponse) => void;

/** Times requests by the template of their route and by status. */
export function timeRequests(metrics: Pick<Metrics, 'histogramPer'>): (method: string, route: string) => RouteWatch {
  const took = metrics.histogramPer(
    ['method', 'route', 'status'],
    'holdfast_http_request_seconds',
    'Requests to the API, from their head to the end of their answer',
    ANSWER_SECONDS,
  );
  return (method, route) => (response) => {
    const begun = performance.now();
    response.once('finish', () => {
      took({ method, route, status: String(response.statusCode) }, (performance.now() - begun) / 1_000);
    });
  };
}
