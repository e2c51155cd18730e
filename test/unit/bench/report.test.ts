import { atLeast, atMost, interleave, ratio, warmUp } from '../../../bench/lib/bench';
import { figure } from '../../../bench/lib/report/figure';
import { markdown } from '../../../bench/lib/report/markdown';
import { brokenChecks, type Report, type Row, type Run } from '../../../bench/lib/report/model';
import { barChart } from '../../../bench/lib/report/svg';

const quiet = (): void => undefined;

function run(rate: number, ok = true): Run {
  return {
    metrics: { 'answered/s': rate },
    cpuMs: { node: 2, redis: NaN },
    checks: [{ name: 'books', ok, found: ok ? 'yes' : '3 wrong' }],
    load: 1,
  };
}

function report(rows: readonly Row[], ratios: Report['ratios'] = []): Report {
  return {
    ...{
      name: 'burst',
      title: 'Burst',
      about: 'About.',
      settings: { orders: '60' },
      charts: ['answered/s'],
      rows,
      ratios,
    },
    machine: { cpu: 'C', cores: 2, memoryGiB: 4, system: 'linux', node: '20', loadBefore: 0.5, commit: 'abc' },
    ...{ startedAt: '2026-01-01T00:00:00Z', seconds: 1 },
  };
}

describe('interleaved runs', () => {
  it('take turns, and turns at being first, so that noise and what one leaves behind fall on all sides', async () => {
    const turns: string[] = [];
    const side = (name: string) => ({
      name,
      measure: () => {
        turns.push(name);
        return Promise.resolve(run(1));
      },
    });
    const rows = await interleave([side('A'), side('B')], 3, quiet);
    expect(turns).toEqual(['A', 'B', 'B', 'A', 'A', 'B']);
    expect(rows.map(({ name, runs }) => [name, runs.length])).toEqual([
      ['A', 3],
      ['B', 3],
    ]);
  });

  it('keep a side that is not here in the table, with the reason', async () => {
    const [row] = await interleave([{ name: 'A', skipped: 'no broker' }], 1, quiet);
    expect(row).toEqual({ name: 'A', skipped: 'no broker', runs: [] });
  });
});

describe('a warm-up', () => {
  it('ends the benchmark where an invariant is broken', async () => {
    await expect(warmUp('A', () => Promise.resolve(run(1, false)), quiet)).rejects.toThrow(
      'A broke while it warmed up: books: 3 wrong',
    );
  });
});

describe('ratios', () => {
  const rows = [
    { name: 'A', runs: [run(50), run(30)] },
    { name: 'B', runs: [run(100), run(100)] },
  ];

  it('are taken pair by pair', () => {
    const [found] = ratio(rows, 'answered/s', 'A', 'B');
    expect(found?.values).toEqual({ min: 0.3, median: 0.4, max: 0.5 });
  });

  it('are none of a side that was not run', () => {
    expect(ratio([...rows, { name: 'C', runs: [] }], 'answered/s', 'A', 'C')).toEqual([]);
  });

  it.each([
    [atLeast(0.4), '| ≥ 0.4 | yes |'],
    [atLeast(0.41), '| ≥ 0.41 | **no** |'],
    [atMost(0.4), '| ≤ 0.4 | yes |'],
    [atMost(0.39), '| ≤ 0.39 | **no** |'],
  ])('say whether %j is reached, by the median', (goal, cells) => {
    expect(markdown(report(rows, ratio(rows, 'answered/s', 'A', 'B', goal)), () => 'x.svg')).toContain(cells);
  });
});

describe('the report for people', () => {
  it('gives the median with least and most, CPU by process, and its picture', () => {
    const text = markdown(report([{ name: 'A', runs: [run(100), run(300), run(200)] }]), () => 'burst.svg');
    expect(text).toContain('| A | 200 (100–300) | 3 | 1 |');
    expect(text).toContain('| A | 2 | – | 2 |');
    expect(text).toContain('![answered/s](burst.svg)');
  });

  it('shows a broken invariant though the last run was well', () => {
    const broken = report([{ name: 'A', runs: [run(1, false), run(1)] }]);
    expect(markdown(broken, () => 'x.svg')).toContain('**broken**: 3 wrong');
    expect(brokenChecks(broken)).toEqual(['A: books: 3 wrong']);
  });

  it('names what was not run', () => {
    const text = markdown(report([{ name: 'A', runs: [], skipped: 'no broker' }]), () => 'x.svg');
    expect(text).toContain('- **A** was not run: no broker');
  });
});

describe('figures', () => {
  it.each([
    [NaN, '–'],
    [0, '0'],
    [0.12345, '0.123'],
    [336.4, '336'],
    [77_123, '77,100'],
  ])('%d reads %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });
});

describe('the picture', () => {
  const svg = barChart('a < b', [
    { label: 'A', value: { min: 50, median: 50, max: 100 } },
    { label: 'B & C', value: null },
  ]);

  it('draws bars to one scale', () => {
    const width = Number(/<rect x="250"[^>]*width="([\d.]+)"/.exec(svg)?.[1]);
    const whisker = Number(/<line[^>]*x2="([\d.]+)"/.exec(svg)?.[1]) - 250;
    expect(width / whisker).toBeCloseTo(0.5, 2);
  });

  it('is well-formed whatever the names hold, and says what was not run', () => {
    expect(svg).toContain('a &#60; b');
    expect(svg).toContain('B &#38; C');
    expect(svg).toContain('not run');
  });
});
