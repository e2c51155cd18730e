import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

const ROOT = resolve(__dirname, '../..');
const text = (path: string): string => readFileSync(resolve(ROOT, path), 'utf8');

/** One alert of deploy/prometheus/alerts.yml. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

export function alertRules(): AlertRule[] {
  const { groups } = parse(text('deploy/prometheus/alerts.yml')) as { groups: { rules: AlertRule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

export interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

export function dashboard(): { readonly panels: readonly Panel[]; readonly uid: string; readonly title: string } {
  return JSON.parse(text('deploy/grafana/dashboard.json')) as ReturnType<typeof dashboard>;
}

/** Series that an expression asks for, by the metric that they belong to: `…_bucket` counts as its histogram. */
export function metricsOf(expr: string): string[] {
  const series = expr.match(/\b(?:holdfast|temporal|nodejs|process)_\w+/g) ?? [];
  return series.map((name) => name.replace(/_(bucket|count|sum)$/, ''));
}

/** Metrics of ours by the table of docs/observability.md. */
export function documentedMetrics(): string[] {
  const rows = text('docs/observability.md').match(/^\| `holdfast_\w+`/gm) ?? [];
  return rows.map((row) => row.replace(/[|` ]/g, ''));
}

/** Names that the sources give to metrics. */
export function namedInSources(): string[] {
  const files = readdirSync(resolve(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((name) => name.endsWith('.ts') && !name.includes('generated'));
  const names = sources.flatMap((name) => text(`src/${name}`).match(/'holdfast_\w+'/g) ?? []);
  return [...new Set(names.map((name) => name.replaceAll("'", '')))];
}

/** Every metric that somebody reads: the documented, and those of the dashboard and of the alert rules. */
export function watchedNames(): string[] {
  const expressions = [
    ...alertRules().map(({ expr }) => expr),
    ...dashboard().panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ];
  return [...new Set([...documentedMetrics(), ...expressions.flatMap(metricsOf)])];
}

/** Metrics that an exposition declares. */
export function prometheusNames(exposition: string): Set<string> {
  return new Set([...exposition.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name));
}
