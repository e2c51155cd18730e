import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spreadOf } from '../stats';
import { markdown } from './markdown';
import { type Report, valuesOf } from './model';
import { barChart } from './svg';

/** Writes `<name>.json`, `<name>.md` and a picture per chart; answers the Markdown's path. */
export async function writeReport(dir: string, report: Report): Promise<string> {
  await mkdir(dir, { recursive: true });
  const picture = (metric: string): string => `${report.name}-${metric.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.svg`;
  for (const metric of report.charts) {
    const bars = report.rows.map((row) => {
      const values = valuesOf(row, metric);
      return { label: row.name, value: values.length === 0 ? null : spreadOf(values) };
    });
    await writeFile(join(dir, picture(metric)), barChart(`${report.title}: ${metric}`, bars));
  }
  await writeFile(join(dir, `${report.name}.json`), `${JSON.stringify(report, null, 2)}\n`);
  const file = join(dir, `${report.name}.md`);
  await writeFile(file, markdown(report, picture));
  return file;
}
