import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from '../config';
import { type Page } from '../ports/catalogue';
import { type ReconcileCase, type ReconcileRun } from '../ports/reconciliation';
import { fail } from './process';
import { say, tableOf } from './reconcile-report';

/** Each call of the API ends by then. */
const CALL_MS = 15_000;
const LOOK_EVERY_MS = 500;
/** Open cases that are written out; the console and the API have them all. */
const MOST_SHOWN = 100;

/** `npm run reconcile -- <key>`: a run now, its progress, and what it came to. Exit code 1 while cases wait for a person. */
async function reconcile(): Promise<void> {
  const { publicUrl } = readConfig();
  const key = process.argv[2] ?? '';
  const ask = <T>(method: string, path: string): Promise<T> => call(publicUrl, key, method, path);
  const { runId } = await ask<{ runId: string }>('POST', '/v1/reconciliation/runs');
  say(`run ${runId}`);
  const run = await followed(() => ask<ReconcileRun>('GET', `/v1/reconciliation/runs/${runId}`));
  tableOf(run).forEach(say);
  const { items } = await ask<Page<ReconcileCase>>('GET', `/v1/reconciliation/cases?state=open&limit=${MOST_SHOWN}`);
  items.forEach(({ id, code, subject, meaning, advice }) => {
    say(`\n${id}  ${code}  ${subject.kind} ${subject.id}`);
    say(`  ${meaning}`);
    say(`  ${advice}`);
  });
  say(items.length === 0 ? '\nno case is open' : `\n${items.length} case(s) wait for a person`);
  if (items.length > 0 || run.classes.some(({ failed }) => failed)) process.exitCode = 1;
}

/** Tells each step once, until the run ends. */
async function followed(look: () => Promise<ReconcileRun>): Promise<ReconcileRun> {
  for (let told: string | null = null; ;) {
    const run = await look();
    if (run.endedAt !== null) return run;
    if (run.at !== null && run.at !== told) say(`  ${run.at} …`);
    told = run.at;
    await pause(LOOK_EVERY_MS);
  }
}

async function call<T>(url: string, key: string, method: string, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${key}` };
  const answer = await fetch(url + path, { method, headers, signal: AbortSignal.timeout(CALL_MS) }).catch(() => null);
  if (!answer) throw new Error(`nothing answers at ${url}: start the service, or set PUBLIC_URL to where it is`);
  if (answer.status === 401 || answer.status === 403)
    throw new Error('give an API key with the scope operate: npm run reconcile -- <key>');
  const body = (await answer.json()) as T & { readonly code?: string; readonly detail?: string };
  if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status} ${body.code}: ${body.detail}`);
  return body;
}

reconcile().catch(fail);
