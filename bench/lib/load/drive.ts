import { Agent, request as send } from 'node:http';
import { type LoadJob, type LoadResult, type PlannedRequest } from './protocol';

/** An answer slower than this is none: no caller of a shop waits longer. */
const TIMEOUT_MS = 30_000;
/** Connections of an open loop at most: what a server takes without running out of file handles. */
const MOST_CONNECTIONS = 1_000;
/** An open loop wakes this often and sends all that is due; finer than any latency of interest. */
const TICK_MS = 2;

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Sends the job's requests over kept-alive connections, at its pace, and times each. */
export async function drive(job: LoadJob): Promise<LoadResult> {
  const count = job.requests.length;
  const maxSockets = job.pace.t === 'closed' ? job.pace.callers : MOST_CONNECTIONS;
  const agent = new Agent({ keepAlive: true, maxSockets });
  const latenciesMs = new Float64Array(count);
  const statuses = new Uint16Array(count);
  const kept: (readonly string[] | null)[] = new Array<null>(count).fill(null);
  const origins = job.urls.map((url) => new URL(url));

  const one = async (index: number, due: number): Promise<void> => {
    const origin = origins[index % origins.length] as URL;
    const answer = await call(agent, origin, job.requests[index] as PlannedRequest, job.headers);
    latenciesMs[index] = performance.now() - due;
    statuses[index] = answer.status;
    if (job.keep.length > 0 && answer.status >= 200 && answer.status < 300) kept[index] = pick(answer.body, job.keep);
  };

  const cpu = process.cpuUsage();
  const began = performance.now();
  await (job.pace.t === 'closed' ? closedLoop(count, job.pace.callers, one) : openLoop(count, job.pace.perSecond, one));
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  agent.destroy();
  return { wallMs, cpuMs: (user + system) / 1_000, latenciesMs, statuses, kept };
}

type One = (index: number, due: number) => Promise<void>;

async function closedLoop(count: number, callers: number, one: One): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await one(index, performance.now());
    }
  };
  await Promise.all(Array.from({ length: Math.min(callers, count) }, caller));
}

async function openLoop(count: number, perSecond: number, one: One): Promise<void> {
  const began = performance.now();
  const answers: Promise<void>[] = [];
  while (answers.length < count) {
    const due = Math.min(Math.floor(((performance.now() - began) / 1_000) * perSecond) + 1, count);
    while (answers.length < due) answers.push(one(answers.length, began + (answers.length / perSecond) * 1_000));
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(answers);
}

function call(agent: Agent, origin: URL, planned: PlannedRequest, headers: LoadJob['headers']): Promise<Answer> {
  const { method, path, body } = planned;
  const length =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve) => {
    const lost = (): void => resolve({ status: 0, body: '' });
    const outgoing = send(
      {
        agent,
        host: origin.hostname,
        port: origin.port,
        method,
        path,
        headers: { ...headers, ...planned.headers, ...length },
        timeout: TIMEOUT_MS,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
        response.on('error', lost);
      },
    );
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', lost);
    outgoing.end(body);
  });
}

function pick(body: string, paths: readonly string[]): string[] {
  const answer: unknown = JSON.parse(body);
  return paths.map((path) => {
    const value = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | null)?.[key], answer);
    return typeof value === 'string' ? value : '';
  });
}
