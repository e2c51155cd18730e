import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Config } from '../../config';
import { dataDirHolder } from '../local/data-dir';
import { isListening } from '../local/ports';
import { type Finding, CHECK_MS, fail, ok, reasonOf, warn, within } from './finding';

/** An embedded PostgreSQL and Temporal's development server take some hundred megabytes to begin with. */
const LEAST_FREE_BYTES = 1024 ** 3;

/** The folder, the ports, the keys: what this machine and its configuration have to have. */
export async function checkMachine(config: Config): Promise<Finding[]> {
  const holder = await dataDirHolder(config.dataDir).catch(() => null);
  return [
    await checkFolder(config.dataDir),
    await checkApiPort(config, holder !== null),
    ...checkKeys(config),
    ...checkGateways(config),
  ];
}

async function checkFolder(dir: string): Promise<Finding> {
  const what = 'data folder';
  try {
    const existing = await nearestExisting(dir);
    await access(existing, constants.W_OK);
    const { bavail, bsize } = await statfs(existing);
    const free = bavail * bsize;
    const found = `${dir} is writable, ${Math.round(free / 1024 ** 2).toLocaleString('en')} MiB free`;
    return free < LEAST_FREE_BYTES
      ? warn(what, found, 'free some space: a full disk stops PostgreSQL')
      : ok(what, found);
  } catch (error) {
    return fail(what, `${dir} cannot be written: ${reasonOf(error)}`, 'make it writable, or set DATA_DIR');
  }
}

async function nearestExisting(dir: string): Promise<string> {
  const there = await stat(dir).catch(() => null);
  if (there || dirname(dir) === dir) return dir;
  return nearestExisting(dirname(dir));
}

async function checkApiPort({ port }: Config, running: boolean): Promise<Finding> {
  const what = 'API port';
  if (!(await isListening(port))) return ok(what, `${port} is free: no API runs here`);
  const answer = await within(
    fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(CHECK_MS) }),
  ).catch(() => null);
  const body = (await answer?.json().catch(() => null)) as { status?: unknown; code?: unknown; detail?: string } | null;
  if (body?.status === 'ready') return ok(what, `${port} answers: the API runs and is ready`);
  if (body?.code === 'not_ready') {
    return fail(what, `${port}: the API runs and is ${body.detail ?? 'not ready'}`, 'mend what it names; see below');
  }
  const todo = running ? 'look into its log' : 'stop that program, or set PORT';
  return fail(what, `${port} is taken by something that is no API of ours`, todo);
}

function checkKeys({ production, apiKeys, dataKeys }: Config): Finding[] {
  const missing = production ? fail : warn;
  const brought = production ? '' : '; `npm start` makes one';
  return [
    apiKeys.length > 0
      ? ok('API keys', `${apiKeys.length} configured`)
      : missing('API keys', `none configured${brought}`, 'set API_KEYS for an API of its own'),
    dataKeys.length > 0
      ? ok('master keys', `${dataKeys.length} configured, new keys are wrapped by ${dataKeys[0]?.id}`)
      : missing('master keys', `none configured${brought}`, 'set DATA_KEYS for an API of its own'),
  ];
}

function checkGateways({ wechat, alipay, stripe, sandbox, production }: Config): Finding[] {
  const names = Object.entries({ wechat, alipay, stripe }).flatMap(([name, settings]) => (settings ? [name] : []));
  if (names.length > 0) return [ok('gateways', `configured: ${names.join(', ')}`)];
  if (sandbox) return [ok('gateways', 'the sandbox stands in for all of them')];
  return production
    ? [warn('gateways', 'none configured: only points can pay', 'set the WECHAT_*, ALIPAY_* or STRIPE_* variables')]
    : [ok('gateways', 'none configured; `npm start` uses the sandbox')];
}
