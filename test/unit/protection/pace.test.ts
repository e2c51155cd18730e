import { protectGateway } from '../../../src/adapters/gateway/protection/gateway';
import { FakeGateway, REF } from './support/fake-gateway';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const PENDING = { t: 'pending' };
const THROTTLED = { t: 'unknown', cause: 'throttled', retryAfterMs: 1_000 };

describe('the pace at which a gateway is asked', () => {
  beforeEach(() => jest.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') }));
  afterEach(() => jest.useRealTimers());

  function paced(ratePerSecond: number | null) {
    const fake = new FakeGateway();
    return { fake, gateway: protectGateway(fake, { now: Date.now, log: silent, ratePerSecond }) };
  }
  const queries = (gateway: ReturnType<typeof paced>['gateway'], count: number) =>
    Array.from({ length: count }, () => gateway.query(REF));

  it('lets so many calls through in a second, as many wait for the next, and further ones are throttled at once', async () => {
    const { fake, gateway } = paced(3);
    const calls = queries(gateway, 8);
    expect(await Promise.all(calls.slice(6))).toEqual([THROTTLED, THROTTLED]);
    expect(await Promise.all(calls.slice(0, 3))).toEqual([PENDING, PENDING, PENDING]);
    expect(fake.asked).toBe(3);
    await jest.advanceTimersByTimeAsync(999);
    expect(fake.asked).toBe(3);
    await jest.advanceTimersByTimeAsync(1);
    expect(await Promise.all(calls.slice(3, 6))).toEqual([PENDING, PENDING, PENDING]);
    expect(fake.asked).toBe(6);
  });

  it('counts every operation, and never holds up another gateway or a notification', async () => {
    const [slow, other] = [paced(1), paced(1)];
    await slow.gateway.close(REF);
    const waiting = slow.gateway.refund(slow.fake.refundRequest);
    expect(await slow.gateway.createPayment(REF)).toEqual(THROTTLED);
    expect(slow.gateway.parseNotification({ headers: {}, body: Buffer.from('told') })).toMatchObject({
      eventId: 'told',
    });
    expect(await other.gateway.query(REF)).toEqual(PENDING);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await waiting).toEqual(PENDING);
  });

  it('is as it comes where none is given', async () => {
    const { fake, gateway } = paced(null);
    await Promise.all(queries(gateway, 50));
    expect(fake.asked).toBe(50);
  });
});
