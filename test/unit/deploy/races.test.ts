import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import * as support from '../../support/races';
import { ROOT, tableRows, text } from './support/documents';

/** Rows of the table of races, and the columns that each has to say something about. */
const RACES = Array.from({ length: 20 }, (_, index) => String(index + 1));
const GATEWAYS: readonly string[] = support.GATEWAYS;
const FOLDERS = ['test/integration', 'test/fault'];

/** `it('race 1 (wechat): …'` or `it.each(PROVIDERS)('race 1 (%s): …'`, with the list's name from test/support/races.ts. */
const NAMED = /it(?:\.each\((\w+)\))?\(\s*'race (\d+) \((%s|\w+)\): ([^']+)'/g;

function racesInSources(): string[][] {
  const files = FOLDERS.flatMap((folder) => readdirSync(resolve(ROOT, folder)).map((name) => `${folder}/${name}`));
  return files
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) =>
      [...text(file).matchAll(NAMED)].map(([, list = '', race = '', at = '', title = '']) => {
        const gateways = at === '%s' ? (support[list as 'PROVIDERS'] as readonly string[]) : [at];
        return [race, gateways.join(', '), title, `[${file.split('/').at(-1) ?? ''}](../${file})`];
      }),
    )
    .sort(([a], [b]) => Number(a) - Number(b));
}

describe('docs/races.md', () => {
  const document = text('docs/races.md');
  const listed = tableRows(document, 'race');
  const impossible = tableRows(document, 'cannot happen');

  it('lists exactly the tests that there are', () => {
    expect(listed).toEqual(racesInSources());
  });

  it('has every race at every gateway, or says why it can’t happen there', () => {
    const cells = RACES.flatMap((race) => GATEWAYS.map((gateway) => `${race} ${gateway}`));
    const told = [...listed, ...impossible].flatMap(([race, gateways = '']) =>
      gateways.split(', ').map((gateway) => `${race} ${gateway}`),
    );
    expect([...new Set(told)].sort()).toEqual(cells.sort());
    const tested = new Set(listed.flatMap(([race, at = '']) => at.split(', ').map((gateway) => `${race} ${gateway}`)));
    const contradicted = impossible.flatMap(([race, at = '']) => at.split(', ').map((gateway) => `${race} ${gateway}`));
    expect(contradicted.filter((cell) => tested.has(cell))).toEqual([]);
  });
});
