import fc from 'fast-check';
import { waitBeforeAsking } from '../../../workflows/order/back-off';

const FIVE_MINUTES = 300_000;
/** A draw just short of the most that may be drawn. */
const MOST = 1 - Number.EPSILON;

describe('waitBeforeAsking', () => {
  afterEach(() => jest.restoreAllMocks());
  const drawing = (draw: number) => jest.spyOn(Math, 'random').mockReturnValue(draw);

  test('doubles from one second to five minutes and stays there', () => {
    drawing(0);
    const waits = Array.from({ length: 12 }, (_, index) => waitBeforeAsking(index + 1, 0) / 1000);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    expect(waitBeforeAsking(100_000, 0)).toBe(FIVE_MINUTES);
  });

  test('is spread by up to a fifth, so that orders lined up by an outage part again', () => {
    drawing(0.5);
    expect(waitBeforeAsking(1, 0)).toBe(900);
    expect(waitBeforeAsking(100, 0)).toBe(270_000);
    drawing(MOST);
    expect(waitBeforeAsking(1, 0)).toBe(800);
    expect(waitBeforeAsking(100, 0)).toBe(240_000);
  });

  test('is never sooner than the gateway wants, within five minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.nat(FIVE_MINUTES), (asked, retryAfterMs) => {
        expect(waitBeforeAsking(asked, retryAfterMs)).toBeGreaterThanOrEqual(retryAfterMs);
      }),
    );
  });

  test('is put off by what the gateway wants for five minutes at most', () => {
    drawing(0);
    expect(waitBeforeAsking(1, FIVE_MINUTES)).toBe(FIVE_MINUTES);
    expect(waitBeforeAsking(1, FIVE_MINUTES + 1)).toBe(FIVE_MINUTES);
    expect(waitBeforeAsking(1, Number.MAX_SAFE_INTEGER)).toBe(FIVE_MINUTES);
  });

  test('is a whole number of milliseconds, at least four fifths of a second and at most five minutes', () => {
    const any = fc.record({
      asked: fc.integer({ min: 1, max: 10_000 }),
      wants: fc.nat(),
      draw: fc.constantFrom(0, MOST),
    });
    fc.assert(
      fc.property(any, ({ asked, wants, draw }) => {
        drawing(draw);
        const wait = waitBeforeAsking(asked, wants);
        expect(Number.isInteger(wait)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(800);
        expect(wait).toBeLessThanOrEqual(FIVE_MINUTES);
      }),
    );
  });
});
