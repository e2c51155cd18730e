import { setback } from '../../../src/domain/webhook-endpoint';

const START = Date.parse('2026-01-01T00:00:00Z');
const HOUR_MS = 3_600_000;

test('an endpoint that keeps failing is tried ever later, at least hourly, and given up on after three days', () => {
  const pauses: number[] = [];
  let now = START;
  let next = setback(null, now);
  while (next.state === 'failing') {
    expect(next.failures).toEqual({ count: pauses.length + 1, since: START });
    pauses.push(next.nextTryAt - now);
    now = next.nextTryAt;
    next = setback(next.failures, now);
  }
  expect(pauses.slice(0, 11)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600].map((s) => s * 1000));
  expect(Math.max(...pauses)).toBe(HOUR_MS);
  expect(now - START).toBeGreaterThanOrEqual(72 * HOUR_MS);
  expect(now - START).toBeLessThan(73 * HOUR_MS);
  expect(next).toEqual({ state: 'disabled', failures: { count: pauses.length + 1, since: START } });
});

test('failures begin anew after a success', () => {
  expect(setback(null, START + HOUR_MS)).toEqual({
    ...{ state: 'failing', failures: { count: 1, since: START + HOUR_MS }, nextTryAt: START + HOUR_MS + 5_000 },
  });
});
