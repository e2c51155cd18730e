import { type Spread, spreadOf } from '../stats';
import { figure } from './figure';
import { type Goal, ownCpu, type Ratio, type Report, type Row, type Run, valuesOf } from './model';

/** The report for people. `picture` names the SVG of a chart's metric, beside it. */
export function markdown(report: Report, picture: (metric: string) => string): string {
  const { machine } = report;
  const sections = [
    `# ${report.title}`,
    report.about,
    table(
      ['what', 'value'],
      [
        ...Object.entries(report.settings),
        [
          'machine',
          `${machine.cores} cores (${machine.cpu}), ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}`,
        ],
        ['load before', String(machine.loadBefore)],
        ['commit', machine.commit ?? 'none'],
        ['run', `${report.startedAt}, ${Math.round(report.seconds)} s`],
      ],
    ),
    ...report.charts.map((metric) => `![${metric}](${picture(metric)})`),
    '## Figures',
    'Median of the runs (least to most).',
    figures(report),
    ...cpu(report),
    ...ratios(report),
    '## Invariants',
    invariants(report),
    ...remarks(report),
  ];
  return `${sections.join('\n\n')}\n`;
}

function figures({ rows }: Report): string {
  const names = [...new Set(rows.flatMap((row) => row.runs.flatMap((run) => Object.keys(run.metrics))))];
  return table(
    ['', ...names, 'runs', 'load'],
    rows.map((row) => [
      row.name,
      ...names.map((name) => spread(valuesOf(row, name))),
      String(row.runs.length),
      spread(row.runs.map(({ load }) => load)),
    ]),
  );
}

function cpu({ rows }: Report): string[] {
  const names = [...new Set(rows.flatMap((row) => row.runs.flatMap((run) => Object.keys(run.cpuMs))))];
  if (names.length === 0) return [];
  const column = (row: Row, read: (run: Run) => number | undefined): string =>
    spread(row.runs.flatMap((run) => read(run) ?? []));
  return [
    '## CPU, ms per order, by process',
    table(
      ['', ...names, 'the service’s'],
      rows.map((row) => [
        row.name,
        ...names.map((name) => column(row, (run) => run.cpuMs[name])),
        column(row, (run) => ownCpu(run.cpuMs)),
      ]),
    ),
  ];
}

function ratios(report: Report): string[] {
  if (report.ratios.length === 0) return [];
  return [
    '## Ratios, pair by pair within the run',
    table(
      ['what', 'ratio', 'goal', 'reached'],
      report.ratios.map((ratio) => [ratio.what, oneOf(ratio.values), goalText(ratio.goal), reached(ratio)]),
    ),
  ];
}

function goalText(goal: Goal | null): string {
  return goal === null ? '–' : `${goal.at === 'least' ? '≥' : '≤'} ${goal.value}`;
}

function reached({ goal, values: { median } }: Ratio): string {
  if (goal === null || Number.isNaN(median)) return '–';
  return (goal.at === 'least' ? median >= goal.value : median <= goal.value) ? 'yes' : '**no**';
}

function invariants({ rows }: Report): string {
  const names = [...new Set(rows.flatMap((row) => row.runs.flatMap((run) => run.checks.map((check) => check.name))))];
  const verdict = (row: Row, name: string): string => {
    const checks = row.runs.flatMap((run) => run.checks.filter((check) => check.name === name));
    const broken = checks.find(({ ok }) => !ok);
    if (checks.length === 0) return '–';
    return broken ? `**broken**: ${broken.found}` : (checks.at(-1)?.found ?? 'ok');
  };
  return table(
    ['', ...names],
    rows.map((row) => [row.name, ...names.map((name) => verdict(row, name))]),
  );
}

function remarks({ rows }: Report): string[] {
  const lines = rows.flatMap(({ name, note, skipped }) => [
    ...(note === undefined ? [] : [`- **${name}**: ${note}`]),
    ...(skipped === undefined ? [] : [`- **${name}** was not run: ${skipped}`]),
  ]);
  return lines.length === 0 ? [] : ['## Remarks', lines.join('\n')];
}

function spread(values: readonly number[]): string {
  return values.length === 0 ? '–' : oneOf(spreadOf(values));
}

function oneOf({ min, median, max }: Spread): string {
  return min === max || Number.isNaN(median) ? figure(median) : `${figure(median)} (${figure(min)}–${figure(max)})`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
