import { readFile } from 'node:fs/promises';
import { type Client, escapeIdentifier } from 'pg';
import { nameOf } from '../../src/telemetry/tracing/spans';
import { spreadOf } from './stats';

/** How PostgreSQL ran one statement, as its module auto_explain logged it. */
export interface Ran {
  /** Which step sent it: its connection's application_name. */
  readonly step: string;
  readonly database: string;
  readonly sql: string;
  readonly milliseconds: number;
  /** Pages of 8 KiB, from the cache or the disk. */
  readonly buffers: number;
  /** Names of indexes, and `all of <table>` for what was read from end to end. */
  readonly reads: readonly string[];
  /** Those of the indexes that were read from end to end: for no key, and not for their first entry alone. */
  readonly whole: readonly string[];
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Filter?: string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Node[];
}

/** The server says of every statement in this database how it ran; for connections made afterwards. */
export async function explainEverything(admin: Client, database: string): Promise<void> {
  const settings = {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_buffers': 'on',
    'auto_explain.log_format': 'json',
    'auto_explain.log_parameter_max_length': '0',
  };
  for (const [name, value] of Object.entries(settings))
    await admin.query(`ALTER DATABASE ${escapeIdentifier(database)} SET ${name} = '${value}'`);
  await admin.query(`ALTER SYSTEM SET log_line_prefix = '%a|%d|'`);
  await admin.query('SELECT pg_reload_conf()');
}

/** Everything that the log says was run. */
export async function ranIn(logFile: string): Promise<Ran[]> {
  const log = await readFile(logFile, 'utf8');
  const entries = log.matchAll(/^([^|\n]*)\|([^|\n]*)\|LOG: {2}duration: ([\d.]+) ms {2}plan:\n((?:\t.*\n)+)/gm);
  return [...entries].map(([, step = '', database = '', milliseconds, json = '']) => {
    const { 'Query Text': sql, Plan: plan } = JSON.parse(json) as { 'Query Text': string; Plan: Node };
    const nodes = all(plan);
    const reads = [...new Set(nodes.flatMap(readsOf))].sort();
    const whole = [...new Set(wholeIn(plan))].sort();
    const buffers = nodes.reduce((sum, node) => sum + ownBuffers(node), 0);
    return { step, database, sql, milliseconds: Number(milliseconds), buffers, reads, whole };
  });
}

/** The same statement of one step, run several times: medians, and everything that any of its runs read by. */
export interface Statement extends Pick<Ran, 'step' | 'milliseconds' | 'buffers' | 'reads' | 'whole'> {
  /** Its verb and its first table. */
  readonly name: string;
}

export function statementsOf(runs: readonly Ran[]): Map<string, Statement> {
  const grouped = new Map<string, Ran[]>();
  for (const ran of runs) {
    const key = `${ran.step}\n${ran.sql}`;
    grouped.set(key, [...(grouped.get(key) ?? []), ran]);
  }
  return new Map(
    [...grouped].flatMap(([key, same]) => {
      const [one] = same;
      if (!one) return [];
      const { verb, table } = nameOf(one.sql);
      const middle = (of: (ran: Ran) => number): number => spreadOf(same.map(of)).median;
      return [
        [
          key,
          {
            ...{ step: one.step, name: `${verb} ${table}` },
            milliseconds: middle((ran) => ran.milliseconds),
            buffers: middle((ran) => ran.buffers),
            reads: [...new Set(same.flatMap(({ reads }) => reads))].sort(),
            whole: [...new Set(same.flatMap(({ whole }) => whole))].sort(),
          },
        ] as const,
      ];
    }),
  );
}

function all(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(all)];
}

function readsOf(node: Node): string[] {
  if (node['Index Name'] !== undefined) return [node['Index Name']];
  return node['Node Type'] === 'Seq Scan' ? [`all of ${node['Relation Name'] ?? ''}`] : [];
}

function wholeIn(node: Node, limited = false): string[] {
  const { 'Index Name': index, 'Index Cond': keyed, Filter: filter, Plans: below = [] } = node;
  const firstAlone = limited && filter === undefined;
  const own = index === undefined || keyed !== undefined || firstAlone ? [] : [index];
  return [...own, ...below.flatMap((each) => wholeIn(each, node['Node Type'] === 'Limit'))];
}

/** A node counts what is below it as well, save for a changing WITH that nobody reads from, which is not counted above. */
function ownBuffers(node: Node): number {
  const of = (each: Node): number => each['Shared Hit Blocks'] + each['Shared Read Blocks'];
  return Math.max(0, of(node) - (node.Plans ?? []).reduce((sum, below) => sum + of(below), 0));
}
