import { percentile, spreadOf } from '../../../bench/lib/stats';

describe('spread of runs', () => {
  it('is least, middle and most, whatever the order', () => {
    expect(spreadOf([9, 1, 5])).toEqual({ min: 1, median: 5, max: 9 });
  });

  it('takes the mean of the two in the middle of an even number', () => {
    expect(spreadOf([1, 2, 4, 100])).toEqual({ min: 1, median: 3, max: 100 });
  });

  it('is no number where there was no run', () => {
    expect(spreadOf([])).toEqual({ min: NaN, median: NaN, max: NaN });
  });
});

describe('percentile by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it.each([
    [0, 1],
    [0.5, 50],
    [0.99, 99],
    [0.991, 100],
    [1, 100],
  ])('%d of 1..100 is %d', (part, value) => {
    expect(percentile(hundred, part)).toBe(value);
  });

  it('sorts numbers as numbers', () => {
    expect(percentile(Float64Array.of(10, 9, 100), 1)).toBe(100);
  });
});
