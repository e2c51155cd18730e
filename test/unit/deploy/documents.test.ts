import { existsSync, readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { SECRETS, VARIABLES } from '../../../src/config/schema';
import { ALERTS } from '../../../src/ports/alert';
import { ROOT, tableRows, text, ticked } from './support/documents';

describe('the README', () => {
  const rows = tableRows(text('README.md'), 'variable').map((cells) => ({
    name: ticked(cells[0])[0] ?? '',
    secret: (cells[2] ?? '').includes('_Secret._'),
  }));

  it('lists exactly the variables that are read, each once', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(VARIABLES).sort());
  });

  it('marks exactly the secrets', () => {
    const marked = rows.filter(({ secret }) => secret).map(({ name }) => name);
    expect(marked.sort()).toEqual([...SECRETS].sort());
  });

  it('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    const named = [...text('README.md').matchAll(/npm run ([\w:]+)/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(0);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });
});

describe('the runbook', () => {
  it('has a section for every alert, and for nothing else', () => {
    const sections = [...text('docs/runbook.md').matchAll(/^## `(\w+)`$/gm)].map((match) => match[1] ?? '');
    expect(sections.sort()).toEqual([...ALERTS].sort());
  });
});

describe('links between documents', () => {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'src/sandbox/README.md',
    ...readdirSync(resolve(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];

  it.each(documents)('%s: every relative link leads to something', (document) => {
    const targets = [...text(document).matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !/^(https?:|#)/.test(target))
      .map((target) => resolve(ROOT, dirname(document), target.split('#', 1)[0] ?? ''));
    expect(targets.filter((target) => !existsSync(target))).toEqual([]);
  });
});
