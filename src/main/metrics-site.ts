import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Config } from '../config';
import { type Teardown } from './teardown';

export interface MetricsSiteOptions {
  readonly port: number;
  readonly host: string;
  readonly metrics: { readonly contentType: string; metrics(): Promise<string> };
  /** Names of what the process needs and cannot reach. */
  readonly readiness: () => Promise<readonly string[]>;
}

/** Metrics and health of a process that has no API: `/metrics`, `/healthz`, `/readyz`. Answers its port and how to close it. */
async function serveMetrics(options: MetricsSiteOptions): Promise<{ port: number; close(): Promise<void> }> {
  const pages: Readonly<Record<string, (response: ServerResponse) => Promise<void>>> = {
    '/metrics': async (response) => {
      const text = await options.metrics.metrics();
      response.writeHead(200, { 'Content-Type': options.metrics.contentType }).end(text);
    },
    '/healthz': (response) => json(response, 200, { status: 'ok' }),
    '/readyz': async (response) => {
      const missing = await options.readiness();
      await (missing.length === 0
        ? json(response, 200, { status: 'ready' })
        : json(response, 503, { status: 'not ready', missing }));
    },
  };
  const server = createServer((request, response) => {
    const page = pages[request.url ?? ''];
    if (!page) void json(response, 404, { status: 'nothing here' });
    else page(response).catch(() => response.destroy());
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The same at the port that is configured, where one is, for as long as the process lives. */
export async function showMetrics(
  {
    config,
    ...shown
  }: Omit<MetricsSiteOptions, 'host' | 'port'> & {
    readonly config: Pick<Config, 'host' | 'metricsPort'>;
  },
  teardown: Teardown,
): Promise<void> {
  if (config.metricsPort === 0) return;
  const site = await serveMetrics({ port: config.metricsPort, host: config.host, ...shown });
  teardown.add(() => site.close());
}

function json(response: ServerResponse, status: number, body: object): Promise<void> {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
  return Promise.resolve();
}
