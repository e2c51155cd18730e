import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { alertRules, dashboard, documentedMetrics, metricsOf, namedInSources } from '../../support/watched';
import { ROOT, text } from './support/documents';

describe('docs/observability.md', () => {
  it('lists exactly the metrics that the sources name, each once', () => {
    expect(documentedMetrics().sort()).toEqual(namedInSources().sort());
  });
});

describe('deploy/prometheus', () => {
  const rules = alertRules();

  it('has rules that are whole and named once', () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, expr, for: lasting = '1m', labels, annotations } of rules) {
      expect(alert).toMatch(/^Holdfast[A-Z]\w+$/);
      expect(expr).toMatch(/[<>=]=? ?[\d.]+$/);
      expect(lasting).toMatch(/^\d+m$/);
      expect(['page', 'ticket']).toContain(labels.severity);
      expect(annotations.summary).toMatch(/\.$/);
      expect(annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
    }
  });

  it('asks only for metrics that there are', () => {
    const documented = new Set(documentedMetrics());
    const asked = rules.flatMap(({ expr }) => metricsOf(expr)).filter((name) => name.startsWith('holdfast_'));
    expect(asked.filter((name) => !documented.has(name))).toEqual([]);
    for (const { expr } of rules) expect(expr).toMatch(/\b(holdfast|temporal|nodejs|up)\w*/);
  });

  it('has balanced expressions', () => {
    for (const { expr } of rules) {
      for (const [open = '', close = ''] of ['()', '{}', '[]']) {
        expect(expr.split(open).length).toBe(expr.split(close).length);
      }
    }
  });

  it('loads its rules from a file that there is', () => {
    const { rule_files: files } = parse(text('deploy/prometheus/prometheus.yml')) as { rule_files: string[] };
    expect(files.map((file) => existsSync(resolve(ROOT, 'deploy/prometheus', file)))).toEqual([true]);
  });

  it('the runbook has a section for every rule, and for nothing else, saying what to see, do and when it is over', () => {
    const sections = [...text('docs/runbook.md').matchAll(/^## (Holdfast\w+)\n([\s\S]*?)(?=\n#)/gm)];
    expect(sections.map(([, name]) => name).sort()).toEqual(rules.map(({ alert }) => alert).sort());
    for (const [, name = '', body = ''] of sections)
      expect({ name, parts: [...body.matchAll(/^- \*\*(\w+)/gm)].map(([, part]) => part) }).toEqual({
        name,
        parts: ['See', 'Do', 'Over'],
      });
  });
});

describe('deploy/grafana/dashboard.json', () => {
  const { panels, uid, title } = dashboard();

  it('can be imported: ids, places and queries are whole', () => {
    expect({ uid, title }).toEqual({ uid: 'holdfast', title: 'Holdfast' });
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (const { type, targets = [] } of panels) expect(targets.length > 0).toBe(type !== 'row');
  });

  it('shows every metric of ours, and none that there is not', () => {
    const asked = panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricsOf(expr)));
    const own = [...new Set(asked.filter((name) => name.startsWith('holdfast_')))];
    expect(own.sort()).toEqual(documentedMetrics().sort());
  });
});
