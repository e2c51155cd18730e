import { loadConfig } from '../../../src/config';
import { faultsOf } from './support';

/** What Kubernetes puts into a container for a service with one named port. */
function linksOf(service: string, port: number): Record<string, string> {
  const address = `tcp://10.0.171.239:${port}`;
  const name = `${service}_PORT_${port}_TCP`;
  return {
    [`${service}_SERVICE_HOST`]: '10.0.171.239',
    [`${service}_SERVICE_PORT`]: String(port),
    [`${service}_SERVICE_PORT_HTTP`]: String(port),
    [`${service}_PORT`]: address,
    [name]: address,
    [`${name}_PROTO`]: 'tcp',
    [`${name}_PORT`]: String(port),
    [`${name}_ADDR`]: '10.0.171.239',
  };
}

describe('a service of the same namespace', () => {
  test.each(['SHOP', 'SHOP_WEB', 'CONSOLE', 'CONSUMERS', 'WORKER', 'METRICS', 'SANDBOX', 'HOLDFAST_API', 'PAYMENT'])(
    'may be called %s: its links are no settings of ours',
    (service) => {
      expect(loadConfig(linksOf(service, 8080))).toEqual(loadConfig({}));
    },
  );

  test('METRICS_PORT and SANDBOX_PORT count where they are ports', () => {
    const config = loadConfig({ ...linksOf('METRICS', 80), METRICS_PORT: '9464', SANDBOX_PORT: '3901' });
    expect(config).toMatchObject({ metricsPort: 9464, sandboxPort: 3901 });
  });

  test.each([
    { SHOP_PORT: '3000' },
    { METRICS_PORT: 'http://metrics:80' },
    { WORKER_HOST: '10.0.0.1' },
    { SHOP_PORT_TCP: 'tcp://10.0.0.1:80' },
    { CONSOLE_SERVICE: 'on' },
  ])('%j is none of them and stops the start', (env) => {
    expect(faultsOf(env)).toEqual([expect.stringContaining(Object.keys(env)[0] ?? '')]);
  });
});
