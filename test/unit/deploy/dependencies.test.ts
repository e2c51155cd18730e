import { tableRows, text, ticked } from './support/documents';

describe('docs/dependencies.md', () => {
  it('justifies exactly the dependencies of package.json', () => {
    const { dependencies, devDependencies } = JSON.parse(text('package.json')) as Record<
      string,
      Record<string, string>
    >;
    const rows = tableRows(text('docs/dependencies.md'), 'package');
    const justified = rows.map((cells) => ticked(cells[0])[0]);
    expect(justified.sort()).toEqual(Object.keys({ ...dependencies, ...devDependencies }).sort());
    for (const [name, why = ''] of rows) expect(`${name}: ${why}`).toMatch(/: \S.{10,}/);
  });
});
