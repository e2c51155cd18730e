import { tableRows, text } from './support/documents';

describe('docs/requirements.md', () => {
  const rows = tableRows(text('docs/requirements.md'), 'requirement');

  it('names requirements', () => {
    expect(rows.length).toBeGreaterThan(20);
  });

  it.each(rows)('%s: shown by a test that exists', (_requirement, name = '', file = '') => {
    const source = text(file.replaceAll('`', ''));
    expect(
      ['it', 'test', 'it.each(PROVIDERS)'].some((run) => source.includes(`${run}('${name}'`)) ||
        source.includes(`it(\`${name}\``),
    ).toBe(true);
  });
});
