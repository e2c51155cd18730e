import { FINDINGS, RECONCILE_CLASSES } from '../../../src/domain/reconcile';
import { text } from './support/documents';

/** Rows of the table of findings: code, class, what happens. */
function rows(): string[][] {
  return [...text('docs/reconciliation.md').matchAll(/^\| `(\w+)` +\| `(\w+)` +\| (\w+) +\|/gm)].map((row) =>
    row.slice(1, 4),
  );
}

describe('docs/reconciliation.md', () => {
  it('has every finding with its class, and whether it is mended', () => {
    const findings = Object.entries(FINDINGS).map(([code, { class: of, mends }]) => [
      code,
      of,
      mends ? 'mended' : 'case',
    ]);
    expect(rows()).toEqual(findings);
  });

  it('has findings of every class', () => {
    expect([...new Set(rows().map(([, of]) => of))]).toEqual([...RECONCILE_CLASSES]);
  });
});
